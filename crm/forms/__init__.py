"""The forms in which people write records."""

from crm.forms.fields import moment_of
from crm.forms.picking import Pick
from crm.forms.records import FORMS, AppointmentForm, ContactForm, EnquiryForm, ListingForm, RecordForm, TaskForm
from crm.forms.rows import fact_key

__all__ = [
    "FORMS",
    "AppointmentForm",
    "ContactForm",
    "EnquiryForm",
    "ListingForm",
    "Pick",
    "RecordForm",
    "TaskForm",
    "fact_key",
    "moment_of",
]
