"""Reading records. What leaves the app is frozen."""

from crm.matching import ListingMatch, ListingMatches, listing_match
from crm.mentions import Mention, contacts_mentioned
from crm.models import AppointmentStatus, EnquiryStatus, ListingStatus
from crm.read_models import (
    AppointmentView,
    ContactView,
    DisplayField,
    EnquiryView,
    ListingView,
    OpenTime,
    RecordView,
    TaskView,
)
from crm.selectors.agenda import appointments_between, listings_open_between, task_agenda, task_count
from crm.selectors.lists import COUNTED_TO, Page, appointment_list, contact_list, enquiry_list, listing_list, task_list
from crm.selectors.single import (
    appointment_view,
    contact_by_email,
    contact_view,
    contacts_by_id,
    enquiries_by_id,
    enquiry_of_thread,
    enquiry_view,
    latest_enquiries,
    listing_view,
    listings_by_id,
    status_words,
    task_view,
)

__all__ = [
    "COUNTED_TO",
    "AppointmentStatus",
    "AppointmentView",
    "ContactView",
    "DisplayField",
    "EnquiryStatus",
    "EnquiryView",
    "ListingMatch",
    "ListingMatches",
    "ListingStatus",
    "ListingView",
    "Mention",
    "OpenTime",
    "Page",
    "RecordView",
    "TaskView",
    "appointment_list",
    "appointment_view",
    "appointments_between",
    "contact_by_email",
    "contact_list",
    "contact_view",
    "contacts_by_id",
    "contacts_mentioned",
    "enquiries_by_id",
    "enquiry_list",
    "enquiry_of_thread",
    "enquiry_view",
    "latest_enquiries",
    "listing_list",
    "listing_match",
    "listing_view",
    "listings_by_id",
    "listings_open_between",
    "status_words",
    "task_agenda",
    "task_count",
    "task_list",
    "task_view",
]
