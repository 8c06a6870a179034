-- Ten questions that people ask of CloudTrail, in Athena SQL over the table of table.ddl. Athena takes one statement at
-- a time: run each by itself, from SELECT to the semicolon. (Some clients join lines: a comment before it hides it.)
--
-- Each names its months (year and month are strings): without them Athena reads every month.
-- A range over two months is  year = '2024' AND month IN ('01', '02');  over a new year
-- (year = '2023' AND month = '12') OR (year = '2024' AND month = '01').  A month is the month of
-- delivery: an event of the last minutes before midnight may be in the next one.
--
-- Each reads only the columns it names. Who made a call is in caller: the role of a session, else the
-- user, the AWS service or the account; user_identity_arn names the session. In months that were
-- written by a version without these columns they are NULL: run aggregate again for them. Ask for
-- user_identity, request_parameters and response_elements when they are needed: they are most of a file.


-- 1. Who deleted this? Replace the name by a part of the resource's name, id or ARN.
SELECT event_time,
       event_name,
       caller,
       user_identity_arn,
       source_ip_address,
       error_code,
       request_parameters
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    regexp_like(event_name, '^(Delete|Terminate|Remove|Deregister|Schedule.*Deletion)')
AND    strpos(request_parameters, 'payments-archive') > 0
ORDER  BY event_time DESC;


-- 2. Console sign-ins without MFA. Sign-ins through IAM Identity Center or SAML (AssumedRole)
--    always say No, because the MFA happened elsewhere: they are left out.
SELECT event_time,
       caller,
       user_identity_type,
       source_ip_address,
       aws_region
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    event_name = 'ConsoleLogin'
AND    json_extract_scalar(response_elements, '$.ConsoleLogin') = 'Success'
AND    json_extract_scalar(additional_event_data, '$.MFAUsed') = 'No'
AND    user_identity_type <> 'AssumedRole'
ORDER  BY event_time;


-- 3. What did the root user do? What AWS services do in root's name is left out, as CIS asks.
SELECT event_time,
       recipient_account_id,
       event_source,
       event_name,
       source_ip_address,
       error_code
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    user_identity_type = 'Root'
AND    user_identity_invoked_by IS NULL
AND    coalesce(event_type, '') <> 'AwsServiceEvent'
ORDER  BY event_time;


-- 4. Who is refused what? A wrong policy, or somebody trying doors.
SELECT caller,
       event_source,
       event_name,
       count(*) AS refusals,
       min(event_time) AS first_seen,
       max(event_time) AS last_seen
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    (error_code LIKE '%AccessDenied%' OR error_code LIKE '%UnauthorizedOperation')
GROUP  BY 1, 2, 3
ORDER  BY refusals DESC
LIMIT  50;


-- 5. What was this access key used for, from where, and when first and last?
SELECT event_source,
       event_name,
       aws_region,
       source_ip_address,
       count(*) AS calls,
       count(error_code) AS errors,
       min(event_time) AS first_seen,
       max(event_time) AS last_seen
FROM   cloudtrail_events
WHERE  year = '2024' AND month IN ('01', '02')
AND    user_identity_access_key_id = 'AKIAIOSFODNN7EXAMPLE'
GROUP  BY 1, 2, 3, 4
ORDER  BY calls DESC;


-- 6. What happened to this resource? Everything that changed it, oldest first; by its id or ARN in
--    the resources, in what was asked for or in what came back (its creation).
SELECT event_time,
       event_name,
       caller,
       user_identity_arn,
       error_code,
       request_parameters
FROM   cloudtrail_events
WHERE  year = '2024' AND month IN ('01', '02')
AND    read_only = false
AND    (   strpos(resources,          'i-0abc1234567890def') > 0
        OR strpos(request_parameters, 'i-0abc1234567890def') > 0
        OR strpos(response_elements,  'i-0abc1234567890def') > 0)
ORDER  BY event_time;


-- 7. Which regions are new: used this month, and not in the three months before?
SELECT aws_region,
       recipient_account_id,
       count(*) AS events,
       min(event_time) AS first_seen
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    aws_region NOT IN (
           SELECT aws_region
           FROM   cloudtrail_events
           WHERE  ((year = '2023' AND month IN ('11', '12')) OR (year = '2024' AND month = '01'))
           AND    aws_region IS NOT NULL)
GROUP  BY 1, 2
ORDER  BY events DESC;


-- 8. What came from this address, and as whom?
SELECT caller,
       event_source,
       event_name,
       user_agent,
       count(*) AS calls,
       count(error_code) AS errors,
       min(event_time) AS first_seen,
       max(event_time) AS last_seen
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    source_ip_address = '203.0.113.10'
GROUP  BY 1, 2, 3, 4
ORDER  BY calls DESC;


-- 9. The most expensive noise: which reading calls fill the trail (CloudTrail, S3 and Athena are
--    paid by it), and who makes them? Bytes are those of the JSON columns, the bulk of an event.
SELECT event_source,
       event_name,
       caller,
       count(*) AS events,
       sum(  coalesce(length(user_identity), 0)
           + coalesce(length(request_parameters), 0)
           + coalesce(length(response_elements), 0)
           + coalesce(length(additional_event_data), 0)
           + coalesce(length(resources), 0)) AS characters
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    read_only
GROUP  BY 1, 2, 3
ORDER  BY events DESC
LIMIT  25;


-- 10. Who from other accounts assumed which of our roles? An event is in the trails of both
--     accounts: the one of the role's own account is counted.
SELECT user_identity_account_id AS from_account,
       caller,
       json_extract_scalar(request_parameters, '$.roleArn') AS role,
       count(*) AS times,
       count(error_code) AS refused,
       max(event_time) AS last_seen
FROM   cloudtrail_events
WHERE  year = '2024' AND month = '02'
AND    event_source = 'sts.amazonaws.com'
AND    event_name = 'AssumeRole'
AND    user_identity_account_id <> recipient_account_id
AND    split_part(json_extract_scalar(request_parameters, '$.roleArn'), ':', 5) = recipient_account_id
GROUP  BY 1, 2, 3
ORDER  BY times DESC;
