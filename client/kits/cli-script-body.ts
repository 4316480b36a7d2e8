import { NARROWING } from './cli-script-narrowing.js';

const OPTIONS = `
usage() {
  cat <<'END'
usage: [ROUTE_TABLE_IDS='rtb-… rtb-…'] bash SCRIPT [options]
  --dry-run           only look, and say what would be done
  --decline           reject the request instead of accepting it
  --security-group    also make a security group that lets the connectors in
  --network-acl ID    also add rules for the connectors to this network ACL
  --first-rule N      where the numbers of those rules begin
  --acl-quota N       how many entries AWS lets a network ACL have in each direction, 20 unless it was raised
Without ROUTE_TABLE_IDS the route tables of the subnets in the stated ranges are taken.
END
}

say() { printf '%s\\n' "$*"; }
die() { printf 'stopped: %s\\n' "$*" >&2; exit 1; }

DRY_RUN=no DECLINE=no GROUP=no ACL= ACL_QUOTA=20
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --decline) DECLINE=yes ;;
    --security-group) GROUP=yes ;;
    --network-acl) [ $# -gt 1 ] || die '--network-acl needs an id'; ACL=$2; shift ;;
    --first-rule) [ $# -gt 1 ] || die '--first-rule needs a number'; FIRST_RULE=$2; shift ;;
    --acl-quota) [ $# -gt 1 ] || die '--acl-quota needs a number'; ACL_QUOTA=$2; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
case "$FIRST_RULE" in
  '' | 0* | *[!0-9]* | ??????*) die '--first-rule needs a whole number from 1' ;;
esac
[ "$FIRST_RULE" -le "$LAST_FIRST_RULE" ] || die "--first-rule can be $LAST_FIRST_RULE at most"
case "$ACL_QUOTA" in
  '' | 0* | *[!0-9]* | ????*) die '--acl-quota needs a whole number from 1' ;;
esac

export AWS_PAGER=
ec2() { aws ec2 "$@" --region "$REGION" --output text; }

# What is done, in words, and the call that does it.
act() {
  if [ "$DRY_RUN" = yes ]; then say "would: $1"; return; fi
  local what=$1
  shift
  ec2 "$@" >/dev/null
  say "done: $what"
}
`;

const CHECKS = `
check_account() {
  local caller
  caller=$(aws sts get-caller-identity --query Account --output text)
  [ "$caller" = "$ACCOUNT" ] || die "these credentials belong to account $caller; use those of $ACCOUNT"
}

# Sets STATUS and DNS_OPTION. A request that comes from anyone but the provider is not this one, whatever its id.
look_at_peering() {
  local seen requester requester_vpc requester_region accepter accepter_vpc
  seen=$(ec2 describe-vpc-peering-connections --vpc-peering-connection-ids "$PEERING" --query "VpcPeeringConnections[0].[Status.Code,RequesterVpcInfo.OwnerId,RequesterVpcInfo.VpcId,RequesterVpcInfo.Region,AccepterVpcInfo.OwnerId,AccepterVpcInfo.VpcId,AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc]")
  read -r STATUS requester requester_vpc requester_region accepter accepter_vpc DNS_OPTION <<<"$seen"
  [ "$requester $requester_vpc $requester_region" = "$PROVIDER_ACCOUNT $PROVIDER_VPC $PROVIDER_REGION" ] \\
    || die "$PEERING was requested by account $requester, $requester_vpc in $requester_region, and should be by $PROVIDER_ACCOUNT, $PROVIDER_VPC in $PROVIDER_REGION; do not accept it"
  [ "$accepter $accepter_vpc" = "$ACCOUNT $VPC" ] \\
    || die "$PEERING is for $accepter_vpc of account $accepter, and should be for $VPC of $ACCOUNT; do not accept it"
}
`;

const ROUTES = `
address_number() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  say $(((a << 24) + (b << 16) + (c << 8) + d))
}

# Whether two ranges have an address in common: they do when they agree in the shorter of their prefixes.
overlaps() {
  local length=\${1#*/} shift_by
  [ "\${2#*/}" -ge "$length" ] || length=\${2#*/}
  shift_by=$((32 - length))
  [ $(($(address_number "\${1%/*}") >> shift_by)) -eq $(($(address_number "\${2%/*}") >> shift_by)) ]
}

is_concerned() {
  local range
  for range in $RANGES; do
    if overlaps "$1" "$range"; then return 0; fi
  done
  return 1
}

# A subnet without a route table of its own has the main one.
find_route_tables() {
  local subnets subnet cidr tables table
  TABLES=\${ROUTE_TABLE_IDS:-}
  if [ -n "$TABLES" ]; then return; fi
  subnets=$(ec2 describe-subnets --filters "Name=vpc-id,Values=$VPC" --query 'Subnets[].[SubnetId,CidrBlock]')
  tables=$(ec2 describe-route-tables --filters "Name=vpc-id,Values=$VPC" --query 'RouteTables[].Associations[].[not_null(SubnetId, to_string(Main)),RouteTableId]')
  while read -r subnet cidr; do
    if [ -n "$subnet" ] && is_concerned "$cidr"; then
      table=$(awk -v subnet="$subnet" '$1 == subnet { own = $2 } $1 == "true" { main = $2 } END { print own ? own : main }' <<<"$tables")
      case " $TABLES " in *" $table "*) ;; *) TABLES="$TABLES $table" ;; esac
    fi
  done <<<"$subnets"
  [ -n "$TABLES" ] || die "$VPC has no subnet in $RANGES; name the route tables in ROUTE_TABLE_IDS"
}

# Sets ROUTES to a line for each route table of the VPC: its id, and target and state of its route to the provider.
look_at_routes() {
  local route="Routes[?DestinationCidrBlock=='$PROVIDER_CIDR']"
  ROUTES=$(ec2 describe-route-tables --filters "Name=vpc-id,Values=$VPC" --query "RouteTables[].[RouteTableId,$route|[0].DestinationCidrBlock,$route|[0].VpcPeeringConnectionId,$route|[0].State]")
}

route_in() { awk -v table="$1" '$1 == table { print $2, $3, $4 }' <<<"$ROUTES"; }

# All of them before anything is changed.
check_route_tables() {
  local table route
  look_at_routes
  for table in $TABLES; do
    route=$(route_in "$table")
    case "$route" in
      '') die "$VPC has no route table $table" ;;
      'None None None' | *" $PEERING "* | *" pcx-"*" blackhole") ;;
      *) die "$table has another route to $PROVIDER_CIDR already ($route); remove it, or settle with the provider" ;;
    esac
  done
}

add_routes() {
  local table call
  for table in $TABLES; do
    case "$(route_in "$table")" in
      *" $PEERING "*) say "there already: route to $PROVIDER_CIDR in $table"; continue ;;
      None*) call=create-route ;;
      *) call=replace-route ;;
    esac
    act "add the route to $PROVIDER_CIDR in $table" "$call" --route-table-id "$table" --destination-cidr-block "$PROVIDER_CIDR" --vpc-peering-connection-id "$PEERING"
  done
}
`;

const PEERING_STEPS = `
decline() {
  case "$STATUS" in
    pending-acceptance) act "decline $PEERING" reject-vpc-peering-connection --vpc-peering-connection-id "$PEERING" ;;
    rejected) say "there already: $PEERING is declined" ;;
    *) die "$PEERING is $STATUS and can no longer be declined; an active one can be deleted" ;;
  esac
}

accept() {
  case "$STATUS" in
    pending-acceptance) act "accept $PEERING" accept-vpc-peering-connection --vpc-peering-connection-id "$PEERING" ;;
    active | provisioning) say "there already: $PEERING is accepted" ;;
    *) die "$PEERING is $STATUS and can no longer be accepted; ask the provider to request again" ;;
  esac
  if [ "$DRY_RUN" = yes ]; then return; fi
  local left=60
  look_at_peering
  while [ "$STATUS" != active ]; do
    left=$((left - 1))
    [ $left -gt 0 ] || die "$PEERING is $STATUS after five minutes, not active; run this again later"
    sleep 5
    look_at_peering
  done
}

enable_for_vpc() {
  local name=$1 enabled
  enabled=$(ec2 describe-vpc-attribute --vpc-id "$VPC" --attribute "$name" --query "$2.Value")
  if [ "$enabled" = True ]; then say "there already: $name of $VPC"; return; fi
  act "enable $name of $VPC" modify-vpc-attribute --vpc-id "$VPC" "$3"
}

enable_dns() {
  enable_for_vpc enableDnsSupport EnableDnsSupport --enable-dns-support
  enable_for_vpc enableDnsHostnames EnableDnsHostnames --enable-dns-hostnames
  if [ "$DNS_OPTION" = True ]; then say "there already: DNS resolution through $PEERING"; return; fi
  act "enable DNS resolution through $PEERING" modify-vpc-peering-connection-options --vpc-peering-connection-id "$PEERING" --accepter-peering-connection-options AllowDnsResolutionFromRemoteVpc=true
}
`;

const STORY = `
say "$PEERING for $CUSTOMER: $VPC in $REGION, account $ACCOUNT"
check_account
look_at_peering
if [ "$DECLINE" = yes ]; then decline; exit 0; fi
find_route_tables
check_route_tables
if [ -n "$ACL" ]; then check_network_acl; fi
accept
add_routes
if [ "$DNS_RESOLUTION" = yes ]; then enable_dns; fi
if [ "$GROUP" = yes ]; then make_security_group; fi
if [ -n "$ACL" ]; then add_network_acl_rules; fi
say "finished"
`;

/** The program, the same in every kit; the values it works with stand above it. */
export const SCRIPT_BODY = [OPTIONS, CHECKS, ROUTES, PEERING_STEPS, NARROWING, STORY]
  .map((part) => part.trim())
  .join('\n\n');
