/** The optional part of the program: a security group and rules of a network ACL, both the customer's own. */
export const NARROWING = `
make_security_group() {
  local group rules protocol from to
  group=$(ec2 describe-security-groups --filters "Name=vpc-id,Values=$VPC" "Name=group-name,Values=$GROUP_NAME" --query 'SecurityGroups[0].GroupId')
  if [ "$group" = None ]; then
    if [ "$DRY_RUN" = yes ]; then say "would: make the security group $GROUP_NAME with its rules"; return; fi
    group=$(ec2 create-security-group --vpc-id "$VPC" --group-name "$GROUP_NAME" --description "$GROUP_DESCRIPTION" --query GroupId)
    say "done: make the security group $GROUP_NAME, which is $group; give it to what the connectors are to reach"
  fi
  close_outbound "$group"
  rules=$(ec2 describe-security-groups --group-ids "$group" --query "SecurityGroups[0].IpPermissions[?IpRanges[?CidrIp=='$PROVIDER_CIDR']].[IpProtocol,FromPort,ToPort]" | tr '\\t' ' ')
  set --
  while read -r protocol from to; do
    if grep -qxF -- "$protocol $from $to" <<<"$rules"; then continue; fi
    set -- "$@" "IpProtocol=$protocol,FromPort=$from,ToPort=$to,IpRanges=[{CidrIp=$PROVIDER_CIDR}]"
  done <<<"$INGRESS"
  if [ $# -eq 0 ]; then say "there already: all rules of $group"; return; fi
  act "let the connectors in by $group" authorize-security-group-ingress --group-id "$group" --ip-permissions "$@"
}

# AWS opens every new group to everywhere; replies need no rule, and what else the services may reach is for their other groups.
close_outbound() {
  local open range
  open=$(ec2 describe-security-groups --group-ids "$1" --query "SecurityGroups[0].IpPermissionsEgress[?IpProtocol=='-1'].[IpRanges[?CidrIp=='0.0.0.0/0'].CidrIp,Ipv6Ranges[?CidrIpv6=='::/0'].CidrIpv6][][]")
  for range in $open; do
    case "$range" in
      *:*) range="Ipv6Ranges=[{CidrIpv6=$range}]" ;;
      *) range="IpRanges=[{CidrIp=$range}]" ;;
    esac
    act "close the way out that AWS opens in $1" revoke-security-group-egress --group-id "$1" --ip-permissions "IpProtocol=-1,$range"
  done
}

# Sets ENTRIES to a line for each entry of the network ACL, in the form of compare_entry.
look_at_network_acl() {
  ENTRIES=$(ec2 describe-network-acls --network-acl-ids "$ACL" --query "NetworkAcls[?VpcId=='$VPC'].Entries[].[to_string(Egress),RuleNumber,Protocol,RuleAction,CidrBlock,PortRange.From,PortRange.To,IcmpTypeCode.Type,IcmpTypeCode.Code]" | tr '\\t' ' ')
  [ -n "$ENTRIES" ] || die "$VPC has no network ACL $ACL"
}

# Sets FOUND to what has that number in that direction, and WANTED to what should; FOUND is empty where it is free.
compare_entry() {
  local egress=false
  if [ "$1" = egress ]; then egress=true; fi
  FOUND=$(awk -v egress="$egress" -v number="$2" '$1 == egress && $2 == number' <<<"$ENTRIES")
  WANTED="$egress $2 $3 $4 $PROVIDER_CIDR $5 $6 $7 $8"
}

check_network_acl() {
  local direction offset rule number free_in free_out
  look_at_network_acl
  free_in=$(free_entries false)
  free_out=$(free_entries true)
  while read -r direction offset rule; do
    number=$((FIRST_RULE + offset))
    # The rest of the line is words.
    compare_entry "$direction" "$number" $rule
    case "$FOUND" in
      '') if [ "$direction" = egress ]; then free_out=$((free_out - 1)); else free_in=$((free_in - 1)); fi ;;
      "$WANTED") ;;
      *) die "$direction rule $number of $ACL is taken ($FOUND); choose other numbers with --first-rule" ;;
    esac
  done <<<"$ACL_RULES"
  require_room ingress "$free_in"
  require_room egress "$free_out"
}

# AWS counts the denials that end each direction as well, and ENTRIES has them.
free_entries() { awk -v egress="$1" -v quota="$ACL_QUOTA" '$1 == egress { quota-- } END { print quota }' <<<"$ENTRIES"; }

require_room() {
  [ "$2" -ge 0 ] || die "$ACL takes $ACL_QUOTA $1 entries and has no room for $((-$2)) of the kit's; nothing was changed: remove entries, or have the quota raised and say --acl-quota N"
}

add_network_acl_rules() {
  local direction offset protocol action from to type code number
  while read -r direction offset protocol action from to type code; do
    number=$((FIRST_RULE + offset))
    compare_entry "$direction" "$number" "$protocol" "$action" "$from" "$to" "$type" "$code"
    if [ -n "$FOUND" ]; then say "there already: $direction rule $number of $ACL"; continue; fi
    set -- create-network-acl-entry --network-acl-id "$ACL" "--$direction" --rule-number "$number" --protocol "$protocol" --cidr-block "$PROVIDER_CIDR" --rule-action "$action"
    if [ "$from" != None ]; then set -- "$@" --port-range "From=$from,To=$to"; fi
    if [ "$type" != None ]; then set -- "$@" --icmp-type-code "Type=$type,Code=$code"; fi
    act "add $direction rule $number to $ACL" "$@"
  done <<<"$ACL_RULES"
}
`;
