"""EC2 as emulated: moto's backend and actions with our parts mixed in, and the checks before every action."""

from __future__ import annotations

from types import ModuleType

import moto.ec2.urls
import moto.ec2.utils
from botocore.model import OperationNotFoundError
from moto.core.request import Request
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.ec2.exceptions import FilterNotImplementedError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.route_tables import Route
from moto.ec2.responses import EC2Response

from .client_tokens import ClientTokenActions
from .dependencies import DeletionActions
from .describes import DescribeActions
from .errors import Refusal, error_xml, new_request_id
from .filters import object_matches
from .kinds import KIND_BY_PARAMETER, exists, kind_of
from .managed_interfaces import ManagedInterfaceActions, ManagedInterfaceRules
from .network_acls import NetworkAclActions, NetworkAclRules
from .networks import BLOCK_PARAMETERS, NetworkActions, NetworkRules, canonical_block
from .peering_actions import PeeringActions
from .peering_rules import PeeringRules
from .routes import RouteActions, RouteRules, route_state
from .security_groups import SecurityGroupActions, SecurityGroupRules
from .tags import check_specifications, check_tags, tags_of
from .world import world

Answer = tuple[int, dict[str, str], bytes | str]


class EmulatedBackend(
    PeeringRules,
    RouteRules,
    NetworkAclRules,
    SecurityGroupRules,
    ManagedInterfaceRules,
    NetworkRules,
    EC2Backend,
):
    """State of one account and region. (moto initialises the parts of its own EC2Backend only.)"""

    @property
    def _url_module(self) -> ModuleType:
        # moto derives it from the module that the class is in, which here is not its own.
        return moto.ec2.urls


class EmulatedResponse(
    DescribeActions,
    ClientTokenActions,
    DeletionActions,
    PeeringActions,
    RouteActions,
    NetworkAclActions,
    SecurityGroupActions,
    ManagedInterfaceActions,
    NetworkActions,
    EC2Response,
):
    """One request. Every answer is XML, whatever happens."""

    form: dict[str, str]

    def _dispatch(self, request: Request, full_url: str | None = None, headers: object = None) -> Answer:
        request_id = new_request_id()
        try:
            try:
                return self._carry_out(request, full_url, headers)
            except OperationNotFoundError as error:
                raise _invalid_action(request.values.get("Action", "")) from error
            except FilterNotImplementedError as error:
                raise Refusal("InvalidParameterValue", str(error)) from error
            except NotImplementedError as error:
                raise Refusal("Unsupported", f"The emulator does not support this: {error}") from error
        except Refusal as refusal:
            return self._refuse(refusal, request_id)
        except Exception as error:  # noqa: BLE001  (moto fails in many ways, AWS always answers in XML)
            return self._refuse(Refusal("InternalError", f"{type(error).__name__}: {error}"), request_id)

    def _carry_out(self, request: Request, full_url: str | None, headers: object) -> Answer:
        self.setup_class(request, full_url, headers)
        action = self._get_action() or ""
        self.form = {name: value for name, value in request.values.items() if name not in ("Action", "Version")}
        if not callable(getattr(type(self), camelcase_to_underscores(action), None)):
            known = action in get_service_model("ec2").operation_names
            raise Refusal("Unsupported", f"The emulator does not do {action}.") if known else _invalid_action(action)
        self._check_ids()
        self._check_tags(action)
        for name in BLOCK_PARAMETERS:
            if name in self.params and isinstance(self.params[name], str):
                self.params[name] = canonical_block(name, self.params[name])
        if self._get_param("DryRun", False):
            raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        self._check_existence(action)
        return self.call_action()  # type: ignore[return-value]

    def _named_ids(self) -> list[tuple[str, str]]:
        """Top-level parameters that name a resource, lists of them included."""
        return [
            (name.split(".")[0], value)
            for name, value in self.form.items()
            if name.split(".")[0] in KIND_BY_PARAMETER and name.count(".") <= 1
        ]

    def _check_ids(self) -> None:
        for parameter, value in self._named_ids():
            kind = KIND_BY_PARAMETER[parameter]
            if not kind.well_formed(value):
                raise Refusal(kind.malformed, f'Invalid id: "{value}" (expecting "{kind.prefix}-...")')

    def _check_tags(self, action: str) -> None:
        check_specifications(action, self._get_param("TagSpecifications", []))
        if action == "CreateTags":
            check_tags(self._get_param("Tags", []))

    def _check_existence(self, action: str) -> None:
        named = [value for _, value in self._named_ids()]
        if action == "CreateTags":
            named += [value for name, value in self.form.items() if name.startswith("ResourceId.")]
        for value in named:
            kind = kind_of(value)
            if kind is None:
                continue
            if not exists(self.ec2_backend, kind, value) or not world.shows(value):
                raise kind.not_found(value)

    def _refuse(self, refusal: Refusal, request_id: str) -> Answer:
        headers = {"Content-Type": "text/xml;charset=UTF-8", "x-amzn-requestid": request_id}
        return refusal.status, headers, error_xml("ec2", refusal, request_id)


def _invalid_action(action: str) -> Refusal:
    return Refusal("InvalidAction", f"The action {action} is not valid for this web service.")


def install() -> None:
    """Puts the above in moto's place. Before the first request."""
    ec2_backends.backend = EmulatedBackend
    moto.ec2.urls.url_paths["{0}/"] = EmulatedResponse.dispatch
    moto.ec2.utils.is_filter_matching = object_matches
    TaggedEC2Resource.get_tags = tags_of  # type: ignore[method-assign]
    Route.state = property(route_state)  # type: ignore[assignment, method-assign]
