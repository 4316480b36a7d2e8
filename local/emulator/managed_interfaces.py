"""VPC endpoints and NAT gateways: the network interfaces that AWS makes for them, and routes of gateway endpoints.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from .errors import Refusal

AWS = "amazon-aws"
"""Who made an interface, as AWS says it; moto names a user of the account."""


def _hand_to_aws(interface: Any, kind: str, description: str) -> None:
    interface.requester_managed = True
    interface.requester_id = AWS
    interface.interface_type = kind
    interface.description = description
    interface.status = "in-use"


class ManagedInterfaceRules:
    """Mixed into moto's EC2Backend."""

    enis: dict[str, Any]
    nat_gateways: dict[str, Any]
    vpc_end_points: dict[str, Any]

    def create_vpc_endpoint(self, **wanted: Any) -> Any:
        # moto keeps no type at all where AWS means a gateway.
        wanted["endpoint_type"] = wanted.get("endpoint_type") or "Gateway"
        endpoint = super().create_vpc_endpoint(**wanted)  # type: ignore[misc]
        for interface_id in endpoint.network_interface_ids:
            interface = self.enis[interface_id]
            _hand_to_aws(interface, "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}")
            groups = [self.get_security_group_from_id(i) for i in endpoint.security_group_ids]  # type: ignore[attr-defined]
            interface._group_set = groups or interface._group_set
        return endpoint

    def delete_vpc_endpoints(self, vpce_ids: list[str] | None = None) -> None:
        super().delete_vpc_endpoints(vpce_ids)  # type: ignore[misc]
        # moto goes on showing them.
        for endpoint_id in vpce_ids or []:
            self.vpc_end_points.pop(endpoint_id, None)

    def create_nat_gateway(self, *args: Any, **kwargs: Any) -> Any:
        gateway = super().create_nat_gateway(*args, **kwargs)  # type: ignore[misc]
        _hand_to_aws(gateway._eni, "nat_gateway", f"Interface for NAT Gateway {gateway.id}")
        return gateway

    def delete_nat_gateway(self, nat_gateway_id: str) -> Any:
        if nat_gateway_id not in self.nat_gateways:
            raise Refusal("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
        gateway = super().delete_nat_gateway(nat_gateway_id)  # type: ignore[misc]
        self.enis.pop(gateway._eni.id, None)
        return gateway


class ManagedInterfaceActions:
    """Mixed into moto's EC2Response."""

    ec2_backend: Any
    _get_param: Any

    def delete_network_interface(self) -> ActionResult:
        interface_id = self._get_param("NetworkInterfaceId")
        if self.ec2_backend.get_network_interface(interface_id).requester_managed:
            raise Refusal("InvalidParameterValue", f"Network interface '{interface_id}' is currently in use.")
        return super().delete_network_interface()  # type: ignore[misc, no-any-return]
