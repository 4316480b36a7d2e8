"""All that exists, in every account and region, as plain JSON. Default VPCs and what is in them are left out."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from .clock import to_iso
from .peering_rules import vpc_blocks
from .peerings import Peering, Side
from .world import world

Json = dict[str, Any]


def inventory(with_defaults: bool) -> Json:
    regions = []
    for account, region, backend in sorted(ec2_backends.iter_backends(), key=lambda entry: entry[:2]):
        found = _region(backend, with_defaults)
        if any(found.values()):
            regions.append({"account": account, "region": region, **found})
    return {
        "now": to_iso(world.clock.now()),
        "regions": regions,
        "peerings": [_peering(peering) for peering in world.peerings.all()],
    }


def _region(backend: Any, with_defaults: bool) -> Json:
    vpcs = [vpc for vpc in backend.vpcs.values() if with_defaults or not vpc.is_default]
    ids = {vpc.id for vpc in vpcs}
    subnets = [s for per_zone in backend.subnets.values() for s in per_zone.values() if s.vpc_id in ids]
    groups = [g for per_vpc in backend.groups.values() for g in per_vpc.values() if g.vpc_id in ids]
    return {
        "vpcs": [_vpc(vpc) for vpc in vpcs],
        "subnets": [_subnet(subnet) for subnet in subnets],
        "routeTables": [_route_table(t) for t in backend.route_tables.values() if t.vpc_id in ids],
        "networkAcls": [_network_acl(a) for a in backend.network_acls.values() if a.vpc_id in ids],
        "securityGroups": [_security_group(group) for group in groups],
        "networkInterfaces": [_interface(i) for i in backend.enis.values() if i.vpc_id in ids],
    }


def _tags(backend: Any, resource_id: str) -> dict[str, str]:
    return dict(backend.tags.get(resource_id, {}))


def _vpc(vpc: Any) -> Json:
    return {
        "vpcId": vpc.id,
        "cidrBlocks": vpc_blocks(vpc),
        "isDefault": vpc.is_default,
        "enableDnsSupport": bool(vpc.enable_dns_support),
        "enableDnsHostnames": bool(vpc.enable_dns_hostnames),
        "tags": _tags(vpc.ec2_backend, vpc.id),
    }


def _subnet(subnet: Any) -> Json:
    return {
        "subnetId": subnet.id,
        "vpcId": subnet.vpc_id,
        "cidrBlock": subnet.cidr_block,
        "availabilityZone": subnet.availability_zone,
        "availabilityZoneId": subnet.availability_zone_id,
        "tags": _tags(subnet.ec2_backend, subnet.id),
    }


def _route_table(table: Any) -> Json:
    return {
        "routeTableId": table.id,
        "vpcId": table.vpc_id,
        "main": table.main_association_id is not None,
        "subnetIds": [target for target in table._associations.values() if target.startswith("subnet-")],
        "routes": [_route(route) for route in table.routes],
        "tags": _tags(table.ec2_backend, table.id),
    }


def _route(route: Any) -> Json:
    targets = (route.gateway_id, route.vpc_peering_connection_id, route.network_interface_id, route.nat_gateway_id)
    return {
        "destination": route.destination_cidr_block
        or route.destination_ipv6_cidr_block
        or route.destination_prefix_list_id,
        "target": next((target for target in targets if target), None),
        "state": route.state,
    }


def _network_acl(acl: Any) -> Json:
    return {
        "networkAclId": acl.id,
        "vpcId": acl.vpc_id,
        "isDefault": bool(acl.default),
        "subnetIds": [association.subnet_id for association in acl.associations],
        "entries": [
            {
                "ruleNumber": int(entry.rule_number),
                "egress": bool(entry.egress),
                "protocol": str(entry.protocol),
                "action": entry.rule_action,
                "cidrBlock": entry.cidr_block,
                "portRange": None if entry.port_range is None else [entry.port_range_from, entry.port_range_to],
                "icmp": None if entry.icmp_type_code is None else [entry.icmp_type, entry.icmp_code],
            }
            for entry in sorted(acl.network_acl_entries, key=lambda e: (bool(e.egress), int(e.rule_number)))
        ],
        "tags": _tags(acl.ec2_backend, acl.id),
    }


def _security_group(group: Any) -> Json:
    return {
        "groupId": group.id,
        "groupName": group.name,
        "description": group.description,
        "vpcId": group.vpc_id,
        "isDefault": bool(group.is_default),
        "ingress": [_group_rule(rule) for rule in group.ingress_rules],
        "egress": [_group_rule(rule) for rule in group.egress_rules],
        "tags": _tags(group.ec2_backend, group.id),
    }


def _group_rule(rule: Any) -> Json:
    peer = rule.cidr_ipv4 or rule.cidr_ipv6 or rule.source_group.get("GroupId") or rule.prefix_list_id
    return {
        "ruleId": rule.id,
        "protocol": rule.ip_protocol,
        "fromPort": rule.from_port,
        "toPort": rule.to_port,
        "peer": peer,
    }


def _interface(interface: Any) -> Json:
    return {
        "networkInterfaceId": interface.id,
        "vpcId": interface.vpc_id,
        "subnetId": interface.subnet.id,
        "groupIds": [group.id for group in interface.group_set],
        "privateIpAddress": interface.private_ip_address,
        "description": interface.description,
        "tags": _tags(interface.ec2_backend, interface.id),
    }


def _peering(peering: Peering) -> Json:
    status = peering.status(world.clock.now())
    return {
        "vpcPeeringConnectionId": peering.id,
        "status": status.code if status else "",
        "message": status.message if status else "",
        "createdAt": to_iso(peering.created.at),
        "expiresAt": to_iso(peering.expires_at),
        "requester": _side(peering, peering.requester, peering.requester_options),
        "accepter": _side(peering, peering.accepter, peering.accepter_options),
    }


def _side(peering: Peering, side: Side, options: dict[str, bool]) -> Json:
    known = side.account in list(ec2_backends) and side.region in list(ec2_backends[side.account].keys())
    return {
        "account": side.account,
        "region": side.region,
        "vpcId": side.vpc_id,
        "allowDnsResolutionFromRemoteVpc": options["AllowDnsResolutionFromRemoteVpc"],
        "tags": _tags(ec2_backends[side.account][side.region], peering.id) if known else {},
    }
