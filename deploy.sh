#!/bin/sh
# Deploys the function: see usage() below. POSIX sh, for Linux and macOS, with the AWS CLI 2 or 1.
set -euf

usage() {
  cat <<'USAGE'
deploy.sh --source s3://BUCKET/PREFIX --destination s3://BUCKET/PREFIX [OPTION...]

Deploys the function on AWS: looks at both buckets, says what it will do and what a run costs, asks, builds and uploads
the code, and creates or updates the stack of cloudformation.yml. Run it again to update: settings left out are kept.

  --source s3://BUCKET/PREFIX
                        the trail (AWSLogs/ or a place below it) or stage 1's daily files
  --destination s3://BUCKET/PREFIX
                        where the Parquet files go; may be another prefix of the same bucket
  --region REGION       region of the function (default: the AWS CLI's, else the source bucket's)
  --stack NAME          name of the stack, and of the function (default: cloudtrail-month-to-parquet)
  --unit month|day      one file for a month (default), or one for a day
  --alarm-topic ARN     SNS topic that the alarms notify
  --parameter NAME=VALUE
                        any other parameter of cloudformation.yml; can be repeated, and takes precedence

  --month YYYY-MM       then run this month, follow the log and print the report
  --table               then create the Athena table (table.ddl), run one query and print its result
  --table-name NAME     with --table: name of the table in the database default (default: cloudtrail_events)

  --arch arm64|x86_64   processor (default: arm64)
  --zips DIR            take the zips that build-layers.sh wrote to DIR instead of building them
  --image               deploy a container image (Image/Dockerfile) instead of zips
  --base IMAGE          with --image: AWS's base image for .NET 10, if it is not to be the one in Image/Dockerfile
  --sdk IMAGE           with --image: the image to build in, if it is not to be the one in Image/Dockerfile
  --engine docker|podman|finch|none
                        the container engine to build with (default: the first that answers; none, without --image:
                        the .NET SDK of this machine)
  --lambda-packages aws|stand-in
                        AWS's packages (default), or the stand-in of the tests, which does not run on Lambda
  --code-bucket BUCKET  bucket for the code and the template, in the function's region (default: one that is created,
                        cloudtrail-aggregation-code-ACCOUNT-REGION)

  --dry-run             check and say what would be done, and stop
  --yes                 do not ask
  --delete              delete the stack and what this script made for it: uploaded code, code bucket, image repository
                        and table. The source and the destination stay as they are
  --help

  ./deploy.sh --source s3://my-trail/AWSLogs/ --destination s3://my-tables/cloudtrail/ --month 2024-02 --table
USAGE
}

root=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Layers/packages.sh
. "$root/Layers/packages.sh"

source='' destination='' region='' stack=cloudtrail-month-to-parquet unit='' alarm_topic='' month='' table=false
table_name=cloudtrail_events arch='' zips='' image=false base='' sdk='' engine='' lambda_packages=aws code_bucket=''
dry_run=false yes=false delete=false

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/given"

read_options() {
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      --help | -h) usage; exit 0 ;;
      --table | --image | --dry-run | --yes | --delete) value=true ;;
      --source | --destination | --region | --stack | --unit | --alarm-topic | --parameter | --month | --table-name | \
        --arch | --zips | --base | --sdk | --engine | --lambda-packages | --code-bucket)
        [ -n "${1:-}" ] || fail "$option needs a value; --help tells which"
        value=$1
        shift
        ;;
      *) fail "unknown option $option; --help lists them" ;;
    esac
    case $option in
      --source) source=$value ;;
      --destination) destination=$value ;;
      --region) region=$value ;;
      --stack) stack=$value ;;
      --unit) unit=$value ;;
      --alarm-topic) alarm_topic=$value ;;
      --parameter) printf '%s\n' "$value" >>"$work/given" ;;
      --month) month=$value ;;
      --table) table=$value ;;
      --table-name) table_name=$value ;;
      --arch) arch=$value ;;
      --zips) zips=$value ;;
      --image) image=$value ;;
      --base) base=$value ;;
      --sdk) sdk=$value ;;
      --engine) engine=$value ;;
      --lambda-packages) lambda_packages=$value ;;
      --code-bucket) code_bucket=$value ;;
      --dry-run) dry_run=$value ;;
      --yes) yes=$value ;;
      --delete) delete=$value ;;
    esac
  done
}

matches() { # TEXT EXTENDED_REGULAR_EXPRESSION, for the whole text
  printf '%s\n' "$1" | grep -Eqx -- "$2"
}

check_options() {
  matches "$stack" '[A-Za-z][A-Za-z0-9-]{0,63}' ||
    fail "--stack $stack: a letter, then up to 63 letters, digits and hyphens"
  [ -z "$unit" ] || matches "$unit" 'month|day' || fail "--unit $unit: month or day"
  [ -z "$arch" ] || matches "$arch" 'arm64|x86_64' || fail "--arch $arch: arm64 or x86_64"
  [ -z "$month" ] || matches "$month" '[0-9]{4}-(0[1-9]|1[0-2])' || fail "--month $month: a month such as 2024-02"
  matches "$table_name" '[a-z0-9_]{1,255}' || fail "--table-name $table_name: lower-case letters, digits and underscores"
  matches "$lambda_packages" 'aws|stand-in' || fail "--lambda-packages $lambda_packages: aws or stand-in"
  while IFS= read -r parameter; do
    matches "$parameter" '[A-Za-z0-9]+=.*' || fail "--parameter $parameter: NAME=VALUE, with a NAME of cloudformation.yml"
    grep -q "^  ${parameter%%=*}:\$" "$root/cloudformation.yml" ||
      fail "--parameter $parameter: cloudformation.yml has no parameter ${parameter%%=*}; docs/deploy.md lists them"
  done <"$work/given"
  if [ "$image" = true ]; then
    [ -z "$zips" ] || fail "--image and --zips: the code is an image or zips, so give one of them"
    [ "$engine" != none ] || fail "--engine none: an image is built with docker, podman or finch"
  else
    [ -z "$base$sdk" ] || fail "--base and --sdk name images of the container build: give --image as well"
    [ -z "$zips" ] || [ -d "$zips" ] || fail "--zips $zips: no such directory; ./build-layers.sh --output $zips makes one"
  fi
  if [ "$delete" = true ] && [ -n "$source$destination$month$zips" ] || [ "$delete$table" = truetrue ]; then
    fail "--delete takes the stack down: give it alone, or with --stack, --region, --code-bucket, --table-name," \
      "--yes and --dry-run"
  fi
  check_place --source "$source"
  check_place --destination "$destination"
}

check_place() { # OPTION VALUE
  [ -z "$2" ] || matches "$2" "s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/([0-9A-Za-z!_.'()@=+:,-]+/?)*)?" ||
    fail "$1 $2: s3://BUCKET/PREFIX, with letters, digits and !_.'()@=+:,- between the slashes of the prefix"
}

bucket_of() { # s3://BUCKET/PREFIX
  place=${1#s3://}
  echo "${place%%/*}"
}

prefix_of() { # s3://BUCKET/PREFIX: empty, or ending in a slash
  case ${1#s3://} in
    */?*) place=${1#s3://*/} && echo "${place%/}/" ;;
    *) echo ;;
  esac
}

# The step that runs, for the message of a failure.
step=''
begin() {
  step=$1
  echo "== $step"
}

# Ends with the step, the cause and the way on.
refuse() { # CAUSE WAY_ON
  fail "$step: $1. $2"
}

# Runs aws and keeps its answer; returns its exit code, with its message in $cause.
answer='' cause=''
try() {
  if answer=$(aws "$@" 2>"$work/error"); then
    return 0
  fi
  cause=$(sed '/^[[:space:]]*$/d' "$work/error" | tail -n 1)
  cause=${cause%.}
  return 1
}

# The same for what must succeed.
ask() { # WAY_ON ARGUMENT...
  way=$1
  shift
  try "$@" || refuse "${cause:-aws $1 $2 failed}" "$way"
}

# ---------------------------------------------------------------- what is there

credentials="Give credentials to the AWS CLI: aws configure, aws sso login or AWS_PROFILE"

check_tools() {
  begin "Checking the tools and the credentials"
  command -v aws >/dev/null || refuse "the AWS CLI (aws) is not on the PATH" "Install version 2, or put it on the PATH"
  case $(aws --version 2>&1) in
    aws-cli/1.*) binary_format='' ;;
    *) binary_format='--cli-binary-format raw-in-base64-out' ;;
  esac
  export AWS_PAGER=''
  [ -z "$engine" ] || [ "$engine" = none ] || require_engine "$engine"
  [ -n "$region" ] || region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
  if [ -z "$region" ]; then
    [ -n "$source" ] || refuse "there is no region" "Give --region, or set one with aws configure"
    region_of --source "$(bucket_of "$source")"
    region=$bucket_region
  fi
  ask "$credentials" sts get-caller-identity --query '[Account,Arn]' --output text --region "$region"
  account=${answer%%	*}
  echo "Account $account, as ${answer#*	}"
}

# The stack's status and its parameters as NAME<tab>VALUE; the status is empty if there is no stack.
read_stack() {
  status=''
  : >"$work/before"
  export AWS_REGION="$region" AWS_DEFAULT_REGION="$region"
  if try cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text; then
    status=$answer
  else
    case $cause in
      *"does not exist"*) return 0 ;;
      *) refuse "$cause" "The credentials need cloudformation:DescribeStacks for the stack $stack" ;;
    esac
  fi
  ask "Run it again" cloudformation describe-stacks --stack-name "$stack" --output text \
    --query 'Stacks[0].Parameters[].[ParameterKey,ParameterValue]'
  printf '%s\n' "$answer" >"$work/before"
}

before() { # NAME
  awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/before"
}

given() { # NAME: the value of the last --parameter NAME=VALUE
  sed -n "s/^$1=//p" "$work/given" | tail -n 1
}

is_given() { # NAME
  grep -q "^$1=" "$work/given"
}

check_stack() {
  case $status in
    # Only a change set was made of it, and was refused: it is as good as none.
    REVIEW_IN_PROGRESS) status='' && : >"$work/before" ;;
    *_IN_PROGRESS) refuse "the stack $stack is busy ($status)" "Wait until that has ended, then run this again" ;;
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | DELETE_FAILED | CREATE_FAILED)
      refuse "the stack $stack was left in $status, and such a stack cannot be updated" \
        "Take it down with ./deploy.sh --stack $stack --region $region --delete, then run this again"
      ;;
  esac
  if [ -n "$status" ]; then
    [ -n "$source" ] || source="s3://$(before SrcBucket)/$(before SrcPrefix)"
    [ -n "$destination" ] || destination="s3://$(before DstBucket)/$(before DstPrefix)"
    [ -n "$arch" ] || arch=$(before Architecture)
  fi
  arch=${arch:-arm64}
  [ -n "$source" ] || fail "--source is missing: s3://BUCKET/PREFIX of the trail or of the daily files"
  [ -n "$destination" ] || fail "--destination is missing: s3://BUCKET/PREFIX for the Parquet files"
  function=$(before LambdaName)
  ! is_given LambdaName || function=$(given LambdaName)
  function=${function:-$stack}
  src_bucket=$(bucket_of "$source") src_prefix=$(prefix_of "$source")
  dst_bucket=$(bucket_of "$destination") dst_prefix=$(prefix_of "$destination")
  source=s3://$src_bucket/$src_prefix destination=s3://$dst_bucket/$dst_prefix
  [ -n "$zips" ] || return 0
  for name in "$(layer_name "$arch")" "$(function_name "$arch")"; do
    [ -f "$zips/$name.zip" ] ||
      fail "--zips $zips: there is no $name.zip in it; ./build-layers.sh --arch $arch --output $zips makes the layer," \
        "and with --function the function"
  done
}

# Finds the region of a bucket.
region_of() { # OPTION BUCKET
  if ! try s3api head-bucket --bucket "$2" --query BucketRegion --output text; then
    case $cause in
      *404* | *"Not Found"*) refuse "there is no bucket $2" "Correct $1, or create the bucket first" ;;
      *403* | *Forbidden* | *AccessDenied*)
        refuse "the bucket $2 may not be listed with these credentials ($cause)" \
          "They need s3:ListBucket on it; in another account its owner must allow that (docs/cross-account.md)"
        ;;
      *redentials* | *oken*) refuse "$cause" "$credentials" ;;
      *) refuse "$cause" "Correct $1, or run this again" ;;
    esac
  fi
  # Older versions of the AWS CLI leave the region out of this answer. us-east-1 has no location.
  if [ "$answer" = None ]; then
    ask "The credentials need s3:GetBucketLocation on the bucket" \
      s3api get-bucket-location --bucket "$2" --query LocationConstraint --output text
    [ "$answer" != None ] || answer=us-east-1
  fi
  bucket_region=$answer
}

# Writes the names of the folders at a prefix of the source to $work/folders, each ending in a slash.
list_folders() { # PREFIX
  ask "The credentials need s3:ListBucket on $src_bucket" s3api list-objects-v2 --region "$src_region" --output text \
    --bucket "$src_bucket" --prefix "$1" --delimiter / --query 'CommonPrefixes[].[Prefix]'
  printf '%s\n' "$answer" | awk -v below="${#1}" '$0 != "" && $0 != "None" { print substr($0, below + 1) }' >"$work/folders"
}

# Prints the first name in $work/folders that is one of these.
first_folder() { # EXTENDED_REGULAR_EXPRESSION
  grep -Ex -m 1 "$1" "$work/folders" || true
}

# The rule of the function (docs/data-model.md): AWSLogs/ in the path is a trail. Otherwise the folders at the prefix
# tell, and those in its o-*/; AWSLogs/ means trail, YYYY/ means daily.
find_layout() {
  layout=$(given SrcLayout)
  [ "$layout" != auto ] || layout=''
  case $layout/$src_prefix in
    daily/* | trail/*) return 0 ;;
    /AWSLogs/* | */AWSLogs/*) layout=trail && return 0 ;;
  esac
  list_folders "$src_prefix"
  year=$(first_folder '[0-9]{4}/') trail=$(first_folder 'AWSLogs/')
  found=$(head -n 5 "$work/folders" | tr '\n' ' ')
  for organization in $(grep -Ex 'o-.*/' "$work/folders" || true); do
    [ -z "$trail" ] || break
    list_folders "$src_prefix$organization"
    trail=$organization$(first_folder 'AWSLogs/')
    [ "$trail" != "$organization" ] || trail=''
  done
  case $year:$trail in
    ?*:?*)
      refuse "$source has both a trail ($trail) and years ($year), so the layout is not clear" \
        "Say which it is: --parameter SrcLayout=trail or --parameter SrcLayout=daily"
      ;;
    :?*) layout=trail ;;
    ?*:) layout=daily ;;
    *)
      refuse "$source has neither AWSLogs/ nor a year (YYYY/); its folders: ${found:-none}" \
        "Correct --source; if its first file is still to come, say what it will be with --parameter SrcLayout=trail or daily"
      ;;
  esac
}

# The ARN of the KMS key that a bucket encrypts with by default; empty if it uses none, or S3's own.
find_key() { # BUCKET REGION PARAMETER
  key=$(given "$3") noted=''
  ! is_given "$3" || return 0
  if ! try s3api get-bucket-encryption --region "$2" --bucket "$1" --output text --query \
    'ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.[SSEAlgorithm,KMSMasterKeyID]'; then
    case $cause in
      *ServerSideEncryptionConfigurationNotFoundError*) ;;
      *) noted="its encryption may not be read ($cause); if it has a KMS key, give --parameter $3=ARN" ;;
    esac
    return 0
  fi
  case $answer in aws:kms*) key=${answer#*	} ;; esac
  [ -z "$key" ] || name_key "$2" "$3"
}

# Objects of a trail are encrypted with the trail's key, whatever the bucket's default is.
find_trail_key() {
  ! is_given SourceKmsKeyArn || return 0
  try s3api list-objects-v2 --region "$src_region" --bucket "$src_bucket" --prefix "$src_prefix" --max-items 1000 \
    --output text --query "Contents[?contains(Key, '/CloudTrail/') && contains(Key, '.json')] | [0].Key" || return 0
  sample=$(printf '%s\n' "$answer" | head -n 1)
  case $sample in '' | None) return 0 ;; esac
  try s3api head-object --region "$src_region" --bucket "$src_bucket" --key "$sample" --output text \
    --query SSEKMSKeyId || return 0
  [ "$answer" = None ] || key=$answer
  [ -z "$key" ] || name_key "$src_region" SourceKmsKeyArn
}

# Turns the id or the alias of a key into its ARN. A role needs no permission for S3's own key (aws/s3).
name_key() { # REGION PARAMETER
  case $key in
    None | alias/aws/s3 | arn:*:alias/aws/s3) key='' ;;
    arn:*:key/*) ;;
    *)
      ask "The credentials need kms:DescribeKey for $key; or give --parameter $2=ARN" \
        kms describe-key --region "$1" --key-id "$key" --query KeyMetadata.Arn --output text
      key=$answer
      ;;
  esac
}

set_parameter() { # NAME VALUE
  printf '%s=%s\n' "$1" "$2" >>"$work/parameters"
}

# A key that was found is used. Without one, a key that an earlier deployment named for the same bucket stays.
set_key() { # PARAMETER BUCKET_PARAMETER BUCKET
  if [ -n "$key" ] || [ "$(before "$2")" != "$3" ]; then
    set_parameter "$1" "$key"
  else
    key=$(before "$1")
  fi
}

# Prints a region other than the function's.
other_region() { # REGION
  [ "$1" = "$region" ] || echo "$1"
}

check_buckets() {
  begin "Checking the buckets"
  region_of --source "$src_bucket"
  src_region=$bucket_region
  region_of --destination "$dst_bucket"
  dst_region=$bucket_region
  find_layout
  : >"$work/parameters"
  find_key "$src_bucket" "$src_region" SourceKmsKeyArn
  [ "$layout" = daily ] || find_trail_key
  set_key SourceKmsKeyArn SrcBucket "$src_bucket"
  src_key=$key src_noted=$noted
  find_key "$dst_bucket" "$dst_region" DestinationKmsKeyArn
  set_key DestinationKmsKeyArn DstBucket "$dst_bucket"
  dst_key=$key dst_noted=$noted
  set_parameter SrcBucket "$src_bucket"
  set_parameter SrcPrefix "$src_prefix"
  set_parameter SrcLayout "$layout"
  set_parameter SrcRegion "$(other_region "$src_region")"
  set_parameter DstBucket "$dst_bucket"
  set_parameter DstPrefix "$dst_prefix"
  set_parameter DstRegion "$(other_region "$dst_region")"
  set_parameter LambdaName "$function"
  set_parameter Architecture "$arch"
  [ -z "$unit" ] || set_parameter Unit "$unit"
  [ -z "$alarm_topic" ] || set_parameter AlarmTopicArn "$alarm_topic"
}

check_code_bucket() {
  code_bucket=${code_bucket:-$(before CodeBucket)}
  code_bucket=${code_bucket:-cloudtrail-aggregation-code-$account-$region}
  case $code_bucket in
    "$src_bucket" | "$dst_bucket")
      refuse "--code-bucket $code_bucket is the source or the destination" \
        "Give another bucket, or leave the option out: one is created"
      ;;
  esac
  has_code_bucket=true
  if ! try s3api head-bucket --bucket "$code_bucket" --expected-bucket-owner "$account" --query BucketRegion --output text; then
    case $cause in
      *404* | *"Not Found"*) has_code_bucket=false && return 0 ;;
      *) refuse "the code bucket $code_bucket is not usable ($cause)" "Give another one of account $account with --code-bucket" ;;
    esac
  fi
  [ "$answer" = "$region" ] || [ "$answer" = None ] ||
    refuse "the code bucket $code_bucket is in $answer, and the function will be in $region, which takes code only from there" \
      "Give a bucket in $region with --code-bucket, or --region $answer"
}

# The location and the mark of the table; empty if there is none.
read_table() {
  table_stack='' table_place=''
  if try glue get-table --database-name default --name "$table_name" --output text \
    --query "Table.[Parameters.\"$mark\",StorageDescriptor.Location]"; then
    table_stack=${answer%%	*} table_place=${answer#*	}
    return 0
  fi
  case $cause in
    *EntityNotFound*) ;;
    *) refuse "$cause" "The credentials need glue:GetTable for the table default.$table_name" ;;
  esac
}

check_table() {
  [ "$table" = true ] || return 0
  [ "$source,$layout" != "$destination,daily" ] ||
    refuse "--table: source and destination are the same place, so that Athena would read the daily files too" \
      "Give --destination another prefix"
  read_table
  [ -z "$table_place" ] || [ "$table_stack" = "$stack" ] || [ "${table_place%/}" = "${destination%/}" ] ||
    refuse "the table default.$table_name exists, and reads $table_place" "Give yours another name with --table-name"
}

# ---------------------------------------------------------------- what will be done

# The month that the costs are told for: the one to run, or the last one that has ended.
choose_month() {
  told=$month
  if [ -z "$told" ]; then
    year=$(date -u +%Y) number=$(date -u +%m)
    number=$((${number#0} - 1))
    [ "$number" -gt 0 ] || { number=12 && year=$((year - 1)); }
    told=$(printf '%s-%02d' "$year" "$number")
  fi
}

# List prices and measured figures of docs/cost.md; a test compares them.
GET=0.4 LIST=5 LAMBDA=0.032

# Writes the folders of a month in a trail to $work/month, level by level; fails if that takes more than 10 listings.
find_month() { # YYYY/MM/
  printf '%s\n' "$src_prefix" >"$work/level"
  : >"$work/month"
  listings=0
  while [ -s "$work/level" ]; do
    : >"$work/next"
    while IFS= read -r at; do
      case $at in
        */CloudTrail*/*/) echo "$at$1" >>"$work/month" && continue ;;
      esac
      listings=$((listings + 1))
      [ "$listings" -le 10 ] || return 1
      list_folders "$at"
      grep -Ex 'AWSLogs/|o-.*/|[0-9]{12}/|CloudTrail.*/|[a-z]+(-[a-z0-9]+)+/' "$work/folders" | grep -v '^CloudTrail-Digest/' |
        while IFS= read -r name; do echo "$at$name"; done >>"$work/next" || true
    done <"$work/level"
    mv "$work/next" "$work/level"
  done
}

# Counts the month's objects where a few listings do it; fails if there are more objects or folders.
count_objects() {
  objects=0 bytes=0
  at=$(echo "$told" | tr - /)/
  if [ "$layout" = daily ]; then echo "$src_prefix$at" >"$work/month"; else find_month "$at" || return 1; fi
  [ "$(wc -l <"$work/month")" -le 10 ] || return 1
  while IFS= read -r folder; do
    # shellcheck disable=SC2016 # JMESPath's own quotes
    ask "The credentials need s3:ListBucket on $src_bucket" s3api list-objects-v2 --region "$src_region" --output json \
      --bucket "$src_bucket" --prefix "$folder" --max-items 20000 \
      --query '[length(Contents || `[]`), sum((Contents || `[]`)[].Size)]'
    counted=$(printf %s "$answer" | tr -d '[] \n')
    counted_bytes=${counted#*,}
    objects=$((objects + ${counted%,*})) bytes=$((bytes + ${counted_bytes%.*}))
    [ "$objects" -lt 20000 ] || return 1
  done <"$work/month"
}

tell_costs() {
  if count_objects; then
    reading=$(awk -v n="$objects" -v get="$GET" -v list="$LIST" 'BEGIN { printf "%.5f", n * (get + 2 * list / 1000) / 1e6 }')
    [ "$objects" -gt 0 ] || [ -z "$month" ] ||
      refuse "$source has no object of $month" "Correct --month or --source"
    megabytes=$(awk -v b="$bytes" 'BEGIN { printf "%.1f", b / 1e6 }')
    echo "Costs        $told has $objects objects of $megabytes MB: reading them costs \$$reading,"
  else
    million=$(awk -v get="$GET" -v list="$LIST" 'BEGIN { printf "%.2f", get + 2 * list / 1000 }')
    echo "Costs        the objects of $told are too many to be counted here: reading costs \$$million for each million of them,"
  fi
  echo "             Lambda about \$$LAMBDA for 100 million events; storage, alarms and queries: docs/cost.md"
}

tell_plan() {
  begin "The plan"
  echo "Stack        $stack in $region: ${status:-new}, the function $function"
  echo "Source       $source: $layout layout, in $src_region, ${src_noted:-${src_key:-no KMS key}}"
  echo "Destination  $destination: in $dst_region, ${dst_noted:-${dst_key:-no KMS key}}"
  created=', which is created'
  [ "$has_code_bucket" = false ] || created=''
  echo "Code bucket  $code_bucket$created"
  if [ "$image" = true ]; then
    echo "Code         an image for $arch, built with $engine, in the repository $repository"
  elif [ -n "$zips" ]; then
    echo "Code         the zips for $arch in $zips"
  else
    echo "Code         zips for $arch, built from these sources"
  fi
  [ -z "$month" ] || echo "Run          $month"
  [ "$table" = false ] || echo "Table        default.$table_name"
  [ "$src_region" = "$dst_region" ] && [ "$src_region" = "$region" ] ||
    echo "Note         the function and its buckets are in several regions: AWS charges the transfer between them"
  tell_costs
}

confirm() { # QUESTION
  [ "$dry_run" = false ] || { echo "A dry run: nothing was changed." && exit 0; }
  [ "$yes" = false ] || return 0
  printf '%s [y/N] ' "$1"
  said=''
  read -r said || echo
  case $said in
    y | Y | yes | Yes) ;;
    *) echo "Nothing was changed." && exit 1 ;;
  esac
}

# ---------------------------------------------------------------- the code

make_code_bucket() {
  [ "$has_code_bucket" = false ] || return 0
  begin "Creating the code bucket $code_bucket"
  if [ "$region" = us-east-1 ]; then set --; else set -- --create-bucket-configuration "LocationConstraint=$region"; fi
  ask "Give one of account $account with --code-bucket" s3api create-bucket --bucket "$code_bucket" "$@"
  finish="Correct that and run this again; a bucket that was created stays until --delete"
  ask "$finish" s3api put-bucket-tagging --bucket "$code_bucket" --tagging "TagSet=[{Key=$mark,Value=deploy.sh}]"
  ask "$finish" s3api put-public-access-block --bucket "$code_bucket" --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
  ask "$finish" s3api put-bucket-encryption --bucket "$code_bucket" --server-side-encryption-configuration \
    'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]'
}

digest() { # FILE
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -c 1-12
}

# Uploads a zip under a key with its digest, so that CloudFormation sees each new build and no old one is sent twice.
upload() { # NAME
  key=$code_prefix/$1-$(digest "$zips/$1.zip").zip
  try s3api head-object --bucket "$code_bucket" --key "$key" ||
    ask "The credentials need s3:PutObject on $code_bucket" s3api put-object --bucket "$code_bucket" --key "$key" \
      --body "$zips/$1.zip" --expected-bucket-owner "$account"
  echo "s3://$code_bucket/$key"
}

build_zips() {
  [ -z "$zips" ] || return 0
  begin "Building the layer and the function for $arch"
  zips=$work/zips
  set -- --arch "$arch" --output "$zips" ${engine:+--engine "$engine"}
  for what in '' --function; do
    # shellcheck disable=SC2086 # an empty $what is no argument
    "$root/build-layers.sh" "$@" $what ${what:+--lambda-packages "$lambda_packages"} >"$work/build" 2>&1 || {
      cat "$work/build" >&2
      refuse "build-layers.sh failed, see above" "Correct that, or take zips that were built elsewhere: --zips DIR"
    }
  done
}

upload_zips() {
  begin "Uploading the layer and the function"
  upload "$(layer_name "$arch")"
  set_parameter LayerKey "$key"
  upload "$(function_name "$arch")"
  set_parameter CodeKey "$key"
  set_parameter CodeBucket "$code_bucket"
  # Of a stack that was made by hand.
  set_parameter ParquetSharpLayerArn ''
  set_parameter CodeObjectVersion ''
}

# ---------------------------------------------------------------- the stack

# What the AWS CLI said, without its empty lines and its progress.
tell_lines() {
  tr '\r' '\n' <"$work/said" | sed '/^[[:space:]]*$/d; /^Uploading/d' >"$work/lines"
  cat "$work/lines"
}

deploy_stack() {
  begin "Deploying the stack $stack"
  cat "$work/given" >>"$work/parameters"
  set --
  while IFS= read -r parameter; do
    set -- "$@" "$parameter"
  done <"$work/parameters"
  if ! aws cloudformation deploy --stack-name "$stack" --template-file "$root/cloudformation.yml" \
    --s3-bucket "$code_bucket" --s3-prefix "$code_prefix" --capabilities CAPABILITY_NAMED_IAM \
    --no-fail-on-empty-changeset --parameter-overrides "$@" >"$work/said" 2>&1; then
    tell_lines >&2
    # The first failure is the cause; those after it were canceled for it.
    failed=$(grep -E -m 1 'rror|ailed|nable' "$work/lines" || tail -n 1 "$work/lines")
    ! try cloudformation describe-stack-events --stack-name "$stack" --output text --max-items 100 --query \
      "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[LogicalResourceId,ResourceStatusReason]" || [ -z "$answer" ] ||
      failed=$(printf '%s\n' "$answer" | grep -v -e '^None$' -e ancelled | tail -n 1 | tr '\t' ' ')
    refuse "${failed%.}" \
      "Correct that and run this again; a stack that was left in ROLLBACK_COMPLETE goes with --delete first"
  fi
  tell_lines
  ask "Run this again" cloudformation describe-stacks --stack-name "$stack" --output text \
    --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]'
  printf '%s\n' "$answer"
}

# ---------------------------------------------------------------- one run

# Writes the new lines of the function's log to $work/new. Lines are told by their ids, because the clock of this machine
# may differ from that of the log.
read_log() {
  ask "The credentials need logs:FilterLogEvents" logs filter-log-events --log-group-name "/aws/lambda/$function" \
    --start-time "${log_start}000" --output text --query 'events[].[eventId,message]'
  printf '%s\n' "$answer" | awk -F '\t' -v seen="$work/seen" '
    BEGIN { while ((getline id < seen) > 0) known[id] = 1 }
    NF > 1 && !($1 in known) { known[$1] = 1; print $1 >> seen; print substr($0, length($1) + 2) }' >"$work/new"
}

run_month() {
  [ -n "$month" ] || return 0
  begin "Running $month"
  log_start=$(($(date +%s) - 600))
  : >"$work/seen"
  read_log
  # A second attempt would be a second run.
  # shellcheck disable=SC2086 # an option and its value, or neither
  AWS_MAX_ATTEMPTS=1 ask "The credentials need lambda:InvokeFunction" lambda invoke --function-name "$function" \
    --invocation-type Event $binary_format --payload "{\"month\":\"$month\"}" "$work/invoked"
  follow_log
}

# Ends with the report of the month, with an error of the function, or with the end of Lambda's time.
follow_log() {
  waited=0 report=''
  while [ -z "$report" ]; do
    read_log
    sed -nE 's/^\{.*"level":"([A-Za-z]+)".*"message":"(([^"\\]|\\.)*)".*/\1: \2/p' "$work/new"
    report=$(grep -E "\"report\":\\{[^{]*\"month\":\"$month\"" "$work/new" | tail -n 1) || true
    failure=$(grep -E -m 1 '"level":"(Error|Critical)"|"status":"(timeout|error|failure)"' "$work/new") || true
    [ -z "$failure" ] || [ -n "$report" ] ||
      refuse "the run failed, see above" "docs/operate.md says what to do; Lambda tries once more by itself after a minute"
    [ "$waited" -lt 1000 ] || [ -n "$report" ] ||
      refuse "the log shows no report after $waited s" \
        "Look at it: aws logs filter-log-events --region $region --log-group-name /aws/lambda/$function"
    [ -n "$report" ] || { sleep 2 && waited=$((waited + 2)); }
  done
  printf '%s\n' "$report" | sed 's/^.*"report"://; s/}$//' | awk '{ gsub(/,"/, ",\n  \""); print }'
}

# ---------------------------------------------------------------- the table

# Runs one statement in Athena and waits for its end. Its result stays with the code, because the destination is read.
athena() { # STATEMENT
  ask "The credentials need athena:StartQueryExecution" athena start-query-execution --query-string "$1" \
    --query-execution-context Database=default --result-configuration "OutputLocation=s3://$code_bucket/$code_prefix/athena/" \
    --query QueryExecutionId --output text
  query=$answer
  while :; do
    ask "The credentials need athena:GetQueryExecution" athena get-query-execution --query-execution-id "$query" \
      --query 'QueryExecution.Status.[State,StateChangeReason]' --output text
    case $answer in
      QUEUED* | RUNNING*) sleep 1 ;;
      SUCCEEDED*) return 0 ;;
      *) refuse "Athena: $answer" "docs/query.md says what Athena needs; then run this again" ;;
    esac
  done
}

# table.ddl with the table's name, its place and the mark.
table_statement() {
  place=$(printf %s "$dst_bucket/$dst_prefix" | sed "s/'/''/g")
  sed -e '/^--/d' -e "s|MY_BUCKET/cloudtrail_monthly/|$place|" \
    -e "s|^CREATE EXTERNAL TABLE cloudtrail_events|CREATE EXTERNAL TABLE $table_name|" \
    -e "s|^TBLPROPERTIES (|TBLPROPERTIES ( '$mark' = '$stack',|" "$root/table.ddl"
}

make_table() {
  [ "$table" = true ] || return 0
  begin "Creating the table default.$table_name"
  # A table of this script has the columns of its time: it is made again, and its data is not touched.
  if [ "$table_stack" = "$stack" ]; then
    ask "The credentials need glue:DeleteTable" glue delete-table --database-name default --name "$table_name"
    table_place=''
  fi
  if [ -z "$table_place" ]; then
    athena "$(table_statement)"
  else
    echo "It exists, and this script did not make it: it stays as it is"
  fi
  begin "Asking the table for the services of $told"
  athena "SELECT event_source, count(*) AS events FROM $table_name
    WHERE year = '${told%-*}' AND month = '${told#*-}' GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
  ask "The credentials need athena:GetQueryResults" athena get-query-results --query-execution-id "$query" \
    --query 'ResultSet.Rows[].[Data[0].VarCharValue,Data[1].VarCharValue]' --output text
  printf '%s\n' "$answer"
}

# ---------------------------------------------------------------- the image

check_image() {
  [ -z "$(before ImageUri)" ] || image=true
  if [ -n "$status" ] && [ "$image" = true ] && [ -z "$(before ImageUri)" ]; then
    refuse "the function of the stack $stack is made of zips, and Lambda cannot make an image of it" \
      "Take it down with --delete first (the data stays), deploy another one with --stack, or leave --image out"
  fi
  [ "$image" = true ] || return 0
  [ -z "$zips" ] || refuse "the function of the stack $stack is an image" \
    "Leave --zips out, or take the stack down with --delete first"
  [ -n "$engine" ] || engine=$(find_engine) ||
    refuse "an image is built with docker, podman or finch, and none answers" "Start one of them, or deploy zips without --image"
  read_repository
}

# The URI and the ARN of the image repository; empty if there is none.
read_repository() {
  repository_uri='' repository_arn=''
  if try ecr describe-repositories --repository-names "$repository" --output text \
    --query 'repositories[0].[repositoryUri,repositoryArn]'; then
    repository_uri=${answer%%	*} repository_arn=${answer#*	}
    return 0
  fi
  case $cause in
    *RepositoryNotFound*) ;;
    *) refuse "$cause" "The credentials need ecr:DescribeRepositories" ;;
  esac
}

make_repository() {
  [ -z "$repository_uri" ] || return 0
  begin "Creating the image repository $repository"
  ask "The credentials need ecr:CreateRepository" ecr create-repository --repository-name "$repository" \
    --tags "Key=$mark,Value=deploy.sh" --query repository.repositoryUri --output text
  repository_uri=$answer
}

run_engine() { # STEP WAY_ON ARGUMENT...
  begin "$1"
  way=$2
  shift 2
  # Lambda refuses the index of several manifests that buildx makes of an image and its attestations.
  DOCKER_BUILDKIT=1 BUILDX_NO_DEFAULT_ATTESTATIONS=1 "$engine" "$@" >"$work/said" 2>&1 || {
    cat "$work/said" >&2
    refuse "$engine $1 failed, see above" "$way"
  }
}

push_image() {
  set -- build --file "$root/Image/Dockerfile" --platform "linux/$(platform "$arch")" --tag "$repository_uri:$arch" \
    --build-arg "ARCHITECTURE=$arch" --build-arg "LAMBDA_PACKAGES=$lambda_packages"
  [ -z "$base" ] || set -- "$@" --build-arg "BASE=$base"
  [ -z "$sdk" ] || set -- "$@" --build-arg "SDK=$sdk"
  run_engine "Building the image for $arch" "Image/Dockerfile says what it needs; --base and --sdk name other images" "$@" "$root"
  ask "The credentials need ecr:GetAuthorizationToken" ecr get-login-password
  printf '%s' "$answer" | run_engine "Logging in to the repository" "Run it again" \
    login --username AWS --password-stdin "${repository_uri%%/*}"
  run_engine "Pushing the image" "The credentials need to push to $repository" push "$repository_uri:$arch"
  ask "The credentials need ecr:DescribeImages" ecr describe-images --repository-name "$repository" \
    --image-ids "imageTag=$arch" --query 'imageDetails[0].imageDigest' --output text
  echo "$repository_uri@$answer"
  set_parameter ImageUri "$repository_uri@$answer"
  set_parameter CodeBucket "$code_bucket"
}

# ---------------------------------------------------------------- the end of it all

take_down() {
  check_delete
  begin "The plan"
  echo "Stack        $stack in $region: ${status:-there is none}"
  also=', and the bucket if nothing else is in it'
  [ "$owns_bucket" = true ] || also=''
  echo "Code         s3://$code_bucket/$code_prefix/$also"
  [ "$owns_repository" = false ] || echo "Images       the repository $repository"
  [ "$owns_table" = false ] || echo "Table        default.$table_name"
  echo "The source and the destination stay as they are."
  confirm "Delete this?"
  delete_stack
  delete_code
  if [ "$owns_repository" = true ]; then
    begin "Deleting the image repository $repository"
    ask "The credentials need ecr:DeleteRepository" ecr delete-repository --repository-name "$repository" --force
  fi
  if [ "$owns_table" = true ]; then
    begin "Deleting the table default.$table_name"
    ask "The credentials need glue:DeleteTable" glue delete-table --database-name default --name "$table_name"
  fi
  echo "Done."
}

# What this script made: the bucket and the repository have its mark, and the table has the stack's name.
check_delete() {
  begin "Looking for what was made"
  code_bucket=${code_bucket:-$(before CodeBucket)}
  code_bucket=${code_bucket:-cloudtrail-aggregation-code-$account-$region}
  has_code_bucket=false owns_bucket=false owns_repository=false owns_table=false
  ! try s3api head-bucket --bucket "$code_bucket" --expected-bucket-owner "$account" || has_code_bucket=true
  if try s3api get-bucket-tagging --bucket "$code_bucket" --query "TagSet[?Key=='$mark'].Value" --output text; then
    [ "$answer" != deploy.sh ] || owns_bucket=true
  fi
  read_repository
  if [ -n "$repository_arn" ] && try ecr list-tags-for-resource --resource-arn "$repository_arn" \
    --query "tags[?Key=='$mark'].Value" --output text; then
    [ "$answer" != deploy.sh ] || owns_repository=true
  fi
  read_table
  [ "$table_stack" != "$stack" ] || owns_table=true
}

delete_stack() {
  [ -n "$status" ] || return 0
  begin "Deleting the stack $stack"
  ask "The credentials need cloudformation:DeleteStack" cloudformation delete-stack --stack-name "$stack"
  ask "Look at its events: aws cloudformation describe-stack-events --region $region --stack-name $stack; then run this again" \
    cloudformation wait stack-delete-complete --stack-name "$stack"
}

delete_code() {
  [ "$has_code_bucket" = true ] || return 0
  begin "Deleting the code in s3://$code_bucket/$code_prefix/"
  ask "The credentials need s3:DeleteObject" s3 rm --only-show-errors --recursive "s3://$code_bucket/$code_prefix/"
  [ "$owns_bucket" = true ] || return 0
  begin "Deleting the code bucket $code_bucket"
  try s3api delete-bucket --bucket "$code_bucket" || case $cause in
    *BucketNotEmpty*) echo "It holds something else, such as the code of another stack: it stays" ;;
    *) refuse "$cause" "Run this again" ;;
  esac
}

# ---------------------------------------------------------------- the main path

read_options "$@"
check_options
# What this script makes has its mark, so that --delete touches nothing else.
mark=deployed-by
code_prefix=cloudtrail-aggregation/$stack
repository=cloudtrail-aggregation/$(echo "$stack" | tr '[:upper:]' '[:lower:]')
check_tools
read_stack
if [ "$delete" = true ]; then
  take_down
  exit 0
fi
check_stack
check_image
check_buckets
check_code_bucket
check_table
choose_month
tell_plan
confirm "Deploy this?"
make_code_bucket
if [ "$image" = true ]; then
  make_repository
  push_image
else
  build_zips
  upload_zips
fi
deploy_stack
run_month
make_table
echo "Done. docs/operate.md says how to write past months and what each alarm means; --delete removes all of it."
