"""URLs of the kernel: files, comments, notices, search, background work."""

from django.urls import path

from . import trail_views as views
from .jobs.urls import urlpatterns as job_urls

app_name = "core"
urlpatterns = [
    *job_urls,
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/remove/", views.file_remove, name="file-remove"),
    path("files/on/<int:kind>/<int:object_id>/", views.attach, name="file-attach"),
    path("comments/on/<int:kind>/<int:object_id>/", views.comment_add, name="comment-add"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.notice_read_all, name="notices-read"),
    path("notices/<int:pk>/open/", views.notice_open, name="notice-open"),
    path("search/", views.search_page, name="search"),
]
