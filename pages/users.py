"""The accounts of everybody, for super_admins."""

from auth.guard import require
from etl_batch.permissions import Permission
from pages.views.users_view import users_view

users_view(require(Permission.MANAGE_USERS))
