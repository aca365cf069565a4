"""What accounts contributes: all roles, the administrators' pages."""

from __future__ import annotations

from secmgmt.core.manifest import Manifest

from .roles import ADMIN_ROLES, BUSINESS_ROLES

EVERYBODY = tuple(role.code for role in BUSINESS_ROLES)

MANIFEST = Manifest(
    app="accounts",
    roles=BUSINESS_ROLES + ADMIN_ROLES,
    grants={
        **{code: {"accounts.OrgUnit": ("view",)} for code in EVERYBODY},
        "system_admin": {
            "accounts.OrgUnit": ("view", "add", "change", "merge", "export", "import"),
            "accounts.User": ("view", "add", "change", "disable", "export", "import"),
        },
        "security_admin": {
            "accounts.OrgUnit": ("view",),
            "accounts.User": ("view", "grant", "recover"),
            "accounts.Position": ("view", "add", "change", "end", "export", "import"),
            "accounts.LoginPolicy": ("view", "change"),
            "accounts.AdminGrant": ("view", "add"),
        },
        "audit_admin": {"core.AuditEvent": ("view", "export")},
    },
)
