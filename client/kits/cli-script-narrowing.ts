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
  rules=$(ec2 describe-security-groups --group-ids "$group" --query "SecurityGroups[0].IpPermissions[?IpRanges[?CidrIp=='$PROVIDER_CIDR']].[IpProtocol,FromPort,ToPort]" | tr '\\t' ' ')
  set --
  while read -r protocol from to; do
    if grep -qxF -- "$protocol $from $to" <<<"$rules"; then continue; fi
    set -- "$@" "IpProtocol=$protocol,FromPort=$from,ToPort=$to,IpRanges=[{CidrIp=$PROVIDER_CIDR}]"
  done <<<"$INGRESS"
  if [ $# -eq 0 ]; then say "there already: all rules of $group"; return; fi
  act "let the connectors in by $group" authorize-security-group-ingress --group-id "$group" --ip-permissions "$@"
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
  local direction offset rule number
  look_at_network_acl
  while read -r direction offset rule; do
    number=$((FIRST_RULE + offset))
    # The rest of the line is words.
    compare_entry "$direction" "$number" $rule
    case "$FOUND" in
      '' | "$WANTED") ;;
      *) die "$direction rule $number of $ACL is taken ($FOUND); choose other numbers with --first-rule" ;;
    esac
  done <<<"$ACL_RULES"
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
