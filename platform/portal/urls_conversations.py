"""Conversations, and the parts of their messages that have addresses of their own."""

from django.urls import path

from portal.views import conversations

urlpatterns = [
    path("conversations/", conversations.conversation_list_page, name="conversations"),
    path("conversations/<uuid:thread_id>/", conversations.conversation_page, name="conversation"),
    path("conversations/<uuid:thread_id>/reply/", conversations.reply_post, name="conversation_reply"),
    path("conversations/<uuid:thread_id>/take-over/", conversations.take_over_post, name="conversation_take_over"),
    path("conversations/<uuid:thread_id>/give-back/", conversations.give_back_post, name="conversation_give_back"),
    path("conversations/<uuid:thread_id>/notes/", conversations.note_post, name="conversation_note"),
    path("conversations/<uuid:thread_id>/assign/", conversations.assign_post, name="conversation_assign"),
    path(
        "conversations/<uuid:thread_id>/replies/<uuid:message_id>/take-back/",
        conversations.reply_take_back_post,
        name="reply_take_back",
    ),
    path("messages/<uuid:message_id>/html/", conversations.html_page, name="message_html"),
    path("messages/<uuid:message_id>/raw/", conversations.raw_page, name="message_raw"),
    path("attachments/<uuid:attachment_id>/", conversations.attachment_page, name="attachment"),
]
