"""Client tokens: the same token again gives the same resource.

Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult

from .errors import Refusal
from .world import world


class ClientTokenActions:
    """Mixed into moto's EC2Response; moto ignores the tokens of these actions."""

    current_account: str
    region: str
    ec2_backend: Any
    form: dict[str, str]
    _get_param: Any

    def create_route_table(self) -> ActionResult:
        make = super().create_route_table  # type: ignore[misc]
        return self._once("RouteTable", self.ec2_backend.route_tables, make)

    def create_network_acl(self) -> ActionResult:
        make = super().create_network_acl  # type: ignore[misc]
        return self._once("NetworkAcl", self.ec2_backend.network_acls, make)

    def _once(self, key: str, resources: dict[str, Any], make: Callable[[], ActionResult]) -> ActionResult:
        token = self._get_param("ClientToken")
        if not token:
            return make()
        place = (self.current_account, self.region, key, str(token))
        asked = repr(sorted(self.form.items()))
        first = world.client_tokens.get(place)
        if first is not None:
            if first[0] != asked:
                raise Refusal(
                    "IdempotentParameterMismatch",
                    "The request uses the same client token as a previous, but non-identical request.",
                )
            if first[1] in resources:
                return ActionResult({key: resources[first[1]]})
        answer = make()
        world.client_tokens[place] = (asked, answer.result[key].id)  # type: ignore[index]
        return answer
