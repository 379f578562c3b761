"""The settings about people: one's own account and notices, colleagues, and who decides."""

from django.urls import path

from portal.views import account, approvers, notices, people

urlpatterns = [
    path("", account.settings, name="settings"),
    path("account/", account.account_page, name="settings_account"),
    path("account/name/", account.account_name, name="settings_account_name"),
    path("account/password/", account.account_password, name="settings_account_password"),
    path("account/second-factor/", account.second_factor_page, name="settings_account_factor"),
    path("account/second-factor/off/", account.second_factor_switch_off, name="settings_account_factor_off"),
    path("account/recovery-codes/", account.recovery_codes, name="settings_account_codes"),
    path("approvers/", approvers.approvers_page, name="settings_approvers"),
    path("approvers/<slug:slug>/", approvers.approvers_edit, name="settings_approvers_edit"),
    path("notices/", notices.notices_page, name="settings_notices"),
    path("people/", people.people_page, name="settings_people"),
    path("people/invite/", people.invite_page, name="settings_invite"),
    path("people/invitations/<uuid:invitation_id>/again/", people.invitation_again, name="settings_invitation_again"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", people.invitation_stop, name="settings_invitation_stop"),
    path("people/<uuid:person_id>/", people.person_page, name="settings_person"),
    path("people/<uuid:person_id>/role/", people.person_role, name="settings_person_role"),
    path("people/<uuid:person_id>/active/", people.person_switch, name="settings_person_switch"),
    path("people/<uuid:person_id>/second-factor/off/", people.person_factor_off, name="settings_person_factor_off"),
    path("people/<uuid:person_id>/password/", people.person_password, name="settings_person_password"),
]
