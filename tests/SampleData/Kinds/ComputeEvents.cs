namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>EC2, Auto Scaling, EKS, ECS, ECR, load balancers.</summary>
internal static class ComputeEvents
{
    private const string EncodedMessage =
        "You are not authorized to perform this operation. User: @{caller} is not authorized to perform: "
        + "{action} on resource: arn:aws:ec2:@{region}:@{account}:instance/@{instance} because no identity-based "
        + "policy allows the {action} action. Encoded authorization failure message: @{base64:420}";
    private const string Tags = """
        [{"key": "Name", "value": "@{service}"}, {"key": "owner", "value": "@{displayName}"},
        {"key": "cost-centre", "value": "@{int:4000:4999#3}"}]
        """;

    public static readonly Event[] All =
    [
        Read(520, "DescribeInstances", """
            {"maxResults": 1000, "instancesSet": {}, "filterSet": {"items": [{"name": "instance-state-name",
            "valueSet": {"items": [{"value": "running"}]}}]}}
            """),
        Read(180, "DescribeInstances", """
            {"instancesSet": {"items": [{"instanceId": "@{instance}"}, {"instanceId": "@{instance#2}"}]},
            "filterSet": {}}
            """),
        Read(170, "DescribeInstanceStatus", """
            {"instancesSet": {"items": [{"instanceId": "@{instance}"}]}, "filterSet": {}, "includeAllInstances": true}
            """),
        Read(160, "DescribeVolumes", """{"volumeSet": {"items": [{"volumeId": "@{volume}"}]}, "filterSet": {}}"""),
        Read(150, "DescribeNetworkInterfaces", """
            {"networkInterfaceIdSet": {}, "filterSet": {"items": [{"name": "private-ip-address",
            "valueSet": {"items": [{"value": "@{privateIp}"}]}}]}}
            """),
        Read(130, "DescribeSecurityGroups", """
            {"securityGroupSet": {}, "securityGroupIdSet": {"items": [{"groupId": "@{securityGroup}"}]},
            "filterSet": {}}
            """),
        Read(110, "DescribeSubnets", """
            {"subnetSet": {"items": [{"subnetId": "@{subnet}"}]}, "filterSet": {"items": [{"name": "vpc-id",
            "valueSet": {"items": [{"value": "@{vpc}"}]}}]}}
            """),
        Read(90, "DescribeRouteTables", """
            {"routeTableIdSet": {}, "filterSet": {"items": [{"name": "association.main",
            "valueSet": {"items": [{"value": "true"}]}}, {"name": "vpc-id",
            "valueSet": {"items": [{"value": "@{vpc}"}]}}]}}
            """),
        Read(80, "DescribeTags", """
            {"maxResults": 1000, "filterSet": {"items": [{"name": "resource-id",
            "valueSet": {"items": [{"value": "@{instance}"}, {"value": "@{volume}"}, {"value": "@{interface}"}]}}]}}
            """),
        Read(70, "DescribeVpcs", """{"vpcSet": {}, "filterSet": {}}""") with { Caller = Caller.Person },
        Read(60, "DescribeSnapshots", """
            {"snapshotSet": {}, "ownersSet": {"items": [{"owner": "self"}]}, "sharedUsersSet": {}, "filterSet": {}}
            """),
        Read(50, "DescribeImages", """
            {"executableBySet": {}, "imagesSet": {"items": [{"imageId": "@{image}"}]}, "ownersSet": {}, "filterSet": {}}
            """)
            with { Via = "autoscaling.amazonaws.com" },
        Read(60, "DescribeRegions", """{"regionSet": {}, "allRegions": true}""") with { Caller = Caller.Person },
        new(8, Caller.Workload, "ec2", "RunInstances")
        {
            Via = "autoscaling.amazonaws.com", ErrorCode = "Server.InsufficientInstanceCapacity", FailurePercent = 6,
            ErrorMessage = "We currently do not have sufficient @{instanceType} capacity in the Availability Zone you "
                + "requested (@{region}a).",
            Request = """
                {"instancesSet": {"items": [{"minCount": 1, "maxCount": 1}]}, "userData": "<sensitiveDataRemoved>",
                "blockDeviceMapping": {}, "availabilityZone": "@{region}a", "monitoring": {"enabled": false},
                "subnetId": "@{subnet}", "disableApiTermination": false, "disableApiStop": false,
                "clientToken": "fleet-@{uuid}", "launchTemplate": {"launchTemplateId": "lt-0@{hex:16}",
                "version": "@{int:1:90}"}, "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags":
                """
                + Tags + "}]}}",
            Response = """
                {"requestId": "@{uuid}", "reservationId": "r-0@{hex:16}", "ownerId": "@{account}", "groupSet": {},
                "instancesSet": {"items": [{
                  "instanceId": "i-0@{hex:16#1}", "imageId": "@{image}", "bootMode": "uefi-preferred",
                  "currentInstanceBootMode": "uefi", "instanceState": {"code": 0, "name": "pending"},
                  "privateDnsName": "ip-10-@{int:0:31#2}-@{int:0:255#3}.@{region}.compute.internal",
                  "amiLaunchIndex": 0, "productCodes": {}, "instanceType": "@{instanceType}",
                  "launchTime": @{int:170600:170900}@{int:1000000:9999999},
                  "placement": {"availabilityZone": "@{region}a", "tenancy": "default"},
                  "monitoring": {"state": "disabled"}, "subnetId": "@{subnet}", "vpcId": "@{vpc}",
                  "privateIpAddress": "@{privateIp}",
                  "stateReason": {"code": "pending", "message": "pending"}, "architecture": "x86_64",
                  "rootDeviceType": "ebs", "rootDeviceName": "/dev/xvda", "blockDeviceMapping": {},
                  "virtualizationType": "hvm", "hypervisor": "xen",
                  "tagSet": {"items":
                """ + Tags + """
                  }, "groupSet": {"items": [{"groupId": "@{securityGroup}", "groupName": "@{service}"}]},
                  "sourceDestCheck": true,
                  "networkInterfaceSet": {"items": [{"networkInterfaceId": "@{interface}", "subnetId": "@{subnet}",
                  "vpcId": "@{vpc}", "ownerId": "@{account}", "status": "in-use",
                  "macAddress": "06:@{hex:2}:@{hex:2}:@{hex:2}:@{hex:2}:@{hex:2}", "privateIpAddress": "@{privateIp}",
                  "sourceDestCheck": true, "interfaceType": "interface",
                  "groupSet": {"items": [{"groupId": "@{securityGroup}", "groupName": "@{service}"}]},
                  "attachment": {"attachmentId": "eni-attach-0@{hex:16}", "deviceIndex": 0, "networkCardIndex": 0,
                  "status": "attaching", "attachTime": @{int:170600:170900}@{int:1000000:9999999},
                  "deleteOnTermination": true}, "ipv6AddressesSet": {}, "tagSet": {}}]},
                  "iamInstanceProfile": {"arn": "arn:aws:iam::@{account}:instance-profile/@{role}",
                  "id": "AIPA@{key:17#5}"}, "ebsOptimized": true, "enaSupport": true,
                  "cpuOptions": {"coreCount": 2, "threadsPerCore": 1},
                  "capacityReservationSpecification": {"capacityReservationPreference": "open"},
                  "enclaveOptions": {"enabled": false}, "metadataOptions": {"state": "pending",
                  "httpTokens": "required", "httpPutResponseHopLimit": 2, "httpEndpoint": "enabled"}
                }]}}
                """,
        },
        new(6, Caller.Workload, "ec2", "TerminateInstances")
        {
            Via = "autoscaling.amazonaws.com", ErrorCode = "Client.UnauthorizedOperation",
            ErrorMessage = EncodedMessage,
            Request = """{"instancesSet": {"items": [{"instanceId": "@{instance}"}]}}""",
            Response = """
                {"requestId": "@{uuid}", "instancesSet": {"items": [{"instanceId": "@{instance}",
                "currentState": {"code": 32, "name": "shutting-down"}, "previousState": {"code": 16,
                "name": "running"}}]}}
                """,
        },
        new(2, Caller.Deployer, "ec2", "AuthorizeSecurityGroupIngress")
        {
            ErrorCode = "Client.InvalidPermission.Duplicate", FailurePercent = 15,
            ErrorMessage = "the specified rule \\\"peer: 10.@{int:0:31}.0.0/16, TCP, from port: 443, to port: "
                + "443, ALLOW\\\" already exists",
            Request = """
                {"groupId": "@{securityGroup}", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443,
                "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.@{int:0:31#4}.0.0/16",
                "description": "@{note}"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}}
                """,
            Response = """
                {"requestId": "@{uuid}", "_return": true,
                "securityGroupRuleSet": {"items": [{"groupOwnerId": "@{account}", "groupId": "@{securityGroup}",
                "securityGroupRuleId": "sgr-0@{hex:16}", "isEgress": false, "ipProtocol": "tcp", "fromPort": 443,
                "toPort": 443, "cidrIpv4": "10.@{int:0:31#4}.0.0/16", "description": "@{note}"}]}}
                """,
        },
        new(6, Caller.Workload, "ec2", "CreateSnapshot")
        {
            Via = "backup.amazonaws.com",
            Request = """
                {"volumeId": "@{volume}", "description": "@{note}",
                "tagSpecificationSet": {"items": [{"resourceType": "snapshot", "tags":
                """
                + Tags + "}]}}",
            Response = """
                {"requestId": "@{uuid}", "snapshotId": "snap-0@{hex:16}", "volumeId": "@{volume}", "status": "pending",
                "startTime": @{int:170600:170900}@{int:1000000:9999999}, "progress": "", "ownerId": "@{account}",
                "volumeSize": "@{int:8:2000}", "description": "@{note}", "encrypted": true}
                """,
        },
        new(2, Caller.Deployer, "ec2", "CreateTags")
        {
            Request = """{"resourcesSet": {"items": [{"resourceId": "@{instance}"}]}, "tagSet": {"items": """ + Tags
                + "}}",
            Response = """{"requestId": "@{uuid}", "_return": true}""",
        },
        new(1, Caller.ServiceEvent, "ec2", "SharedSnapshotVolumeCreated")
        {
            Via = "ec2.amazonaws.com", Type = "AwsServiceEvent", RequestId = "",
            Details = """{"snapshotId": "@{snapshot}"}""", FailurePercent = 0,
        },
        new(2, Caller.ServiceEvent, "ec2", "BidEvictedEvent")
        {
            Via = "ec2.amazonaws.com", Type = "AwsServiceEvent", RequestId = "", FailurePercent = 0,
            Details = """{"instanceIdSet": ["@{instance}", "@{instance#2}"]}""",
        },
        new(60, Caller.Workload, "autoscaling", "DescribeAutoScalingGroups")
        {
            Request = """{"maxRecords": 100, "autoScalingGroupNames": ["@{stack}-workers"]}""",
        },
        new(50, Caller.Workload, "elasticloadbalancing", "DescribeTargetHealth")
        {
            Request = """
                {"targetGroupArn":
                "arn:aws:elasticloadbalancing:@{region}:@{account}:targetgroup/@{service}/@{hex:16#6}"}
                """,
            ApiVersion = "2015-12-01",
        },
        new(
            30, Caller.Workload, "elasticloadbalancing",
            "DescribeLoadBalancers") { Request = """{"pageSize": 400}""", ApiVersion = "2015-12-01" },
        new(40, Caller.Workload, "eks", "DescribeCluster") { Request = """{"name": "@{cluster}"}""" },
        new(60, Caller.Workload, "ecs", "DescribeServices")
        {
            Request = """{"cluster": "@{cluster}", "services": ["@{service}"]}""",
        },
        new(40, Caller.Workload, "ecs", "SubmitTaskStateChange")
        {
            Request = """
                {"cluster": "@{cluster}", "task": "arn:aws:ecs:@{region}:@{account}:task/@{cluster}/@{hex:32}",
                "status": "RUNNING", "containers": [{"containerName": "@{service}", "status": "RUNNING",
                "imageDigest": "sha256:@{hex:64#8}", "networkBindings": [],
                "runtimeId": "@{hex:32}-@{int:1000000000:2147483647}"}]}
                """,
            Response = """{"acknowledgment": "@{uuid}"}""",
        },
        new(70, Caller.Workload, "ecr", "BatchGetImage")
        {
            Request = """
                {"registryId": "@{account}", "repositoryName": "@{repository}",
                "imageIds": [{"imageTag": "@{hex:7#1}"}],
                "acceptedMediaTypes": ["application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.oci.image.manifest.v1+json"]}
                """,
            Resources =
                """[{"accountId": "@{account}", "ARN": "arn:aws:ecr:@{region}:@{account}:repository/@{repository}"}]""",
            IsRead = true,
        },
    ];

    private static Event Read(int weight, string name, string request) => new(weight, Caller.Workload, "ec2", name)
    {
        Request = request,
        ErrorCode = weight % 20 == 0 ? "Client.RequestLimitExceeded" : "Client.UnauthorizedOperation",
        ErrorMessage = weight % 20 == 0 ? "Request limit exceeded." : EncodedMessage,
    };
}
