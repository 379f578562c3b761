"""Settings, Evaluation: what was measured, and the examples that it was measured by."""

from django.urls import path

from portal.views import evaluation, examples

urlpatterns = [
    path("", evaluation.evaluation_list_page, name="settings_evaluation"),
    path("<uuid:evaluation_id>/", evaluation.evaluation_page, name="settings_evaluation_one"),
    path("examples/<slug:purpose>/", examples.examples_page, name="settings_examples"),
    path("examples/<slug:purpose>/import/", examples.examples_import_post, name="settings_examples_import"),
    path("examples/<slug:purpose>/export/", examples.examples_export_post, name="settings_examples_export"),
    path("examples/<slug:purpose>/<uuid:case_id>/", examples.example_page, name="settings_example"),
]
