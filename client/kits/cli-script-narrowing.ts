/** The optional part of the program: a security group and rules of a network ACL, both the customer's own. */
export const NARROWING = `
ingress_exists() {
  local found
  found=$(ec2 describe-security-groups --group-ids "$1" --query "SecurityGroups[0].IpPermissions[?IpProtocol=='$2' && to_string(FromPort)=='$3' && to_string(ToPort)=='$4' && IpRanges[?CidrIp=='$PROVIDER_CIDR']].IpProtocol") || exit 1
  [ -n "$found" ] && [ "$found" != None ]
}

make_security_group() {
  local group protocol from to
  group=$(ec2 describe-security-groups --filters "Name=vpc-id,Values=$VPC" "Name=group-name,Values=$GROUP_NAME" --query 'SecurityGroups[0].GroupId')
  if [ "$group" = None ]; then
    if [ "$DRY_RUN" = yes ]; then say "would: make the security group $GROUP_NAME with its rules"; return; fi
    group=$(ec2 create-security-group --vpc-id "$VPC" --group-name "$GROUP_NAME" --description "$GROUP_DESCRIPTION" --query GroupId)
    say "done: made the security group $GROUP_NAME, $group; give it to what the connectors are to reach"
  fi
  while read -r protocol from to; do
    if ingress_exists "$group" "$protocol" "$from" "$to"; then
      say "there already: $protocol $from to $to in $group"
    else
      act "let in $protocol $from to $to by $group" authorize-security-group-ingress --group-id "$group" --ip-permissions "IpProtocol=$protocol,FromPort=$from,ToPort=$to,IpRanges=[{CidrIp=$PROVIDER_CIDR}]"
    fi
  done <<<"$INGRESS"
}

# Prints what has that number in that direction, in the form of want_of, or nothing.
rule_at() {
  local egress=false
  if [ "$1" = egress ]; then egress=true; fi
  ec2 describe-network-acls --network-acl-ids "$ACL" --query "NetworkAcls[0].Entries[?to_string(Egress)=='$egress' && to_string(RuleNumber)=='$2'].[Protocol,RuleAction,CidrBlock,PortRange.From,PortRange.To,IcmpTypeCode.Type,IcmpTypeCode.Code]" | tr '\\t' ' '
}

check_network_acl() {
  local vpc direction offset protocol action from to type code seen
  vpc=$(ec2 describe-network-acls --network-acl-ids "$ACL" --query 'NetworkAcls[0].VpcId')
  [ "$vpc" = "$VPC" ] || die "$ACL belongs to $vpc, not to $VPC"
  while read -r direction offset protocol action from to type code; do
    seen=$(rule_at "$direction" $((FIRST_RULE + offset)))
    case "$seen" in
      '' | "$protocol $action $PROVIDER_CIDR $from $to $type $code") ;;
      *) die "$direction rule $((FIRST_RULE + offset)) of $ACL is taken ($seen); choose other numbers with --first-rule" ;;
    esac
  done <<<"$ACL_RULES"
}

add_network_acl_rules() {
  local direction offset protocol action from to type code number seen
  while read -r direction offset protocol action from to type code; do
    number=$((FIRST_RULE + offset))
    seen=$(rule_at "$direction" "$number")
    if [ -n "$seen" ]; then
      say "there already: $direction rule $number of $ACL"
      continue
    fi
    set -- create-network-acl-entry --network-acl-id "$ACL" "--$direction" --rule-number "$number" --protocol "$protocol" --cidr-block "$PROVIDER_CIDR" --rule-action "$action"
    if [ "$from" != None ]; then set -- "$@" --port-range "From=$from,To=$to"; fi
    if [ "$type" != None ]; then set -- "$@" --icmp-type-code "Type=$type,Code=$code"; fi
    act "added $direction rule $number to $ACL" "$@"
  done <<<"$ACL_RULES"
}
`;
