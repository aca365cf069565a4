"""URLs of campaigns."""

from django.urls import path

from . import views

urlpatterns = [
    *views.Campaigns.urls("campaigns/"),
    *views.CampaignTasks.urls("campaign-tasks/"),
    path("campaign-tasks/<int:pk>/except/", views.except_task, name="campaigntask-except"),
    path("campaigns/<int:pk>/urge/", views.urge, name="campaign-urge"),
    path("campaigns/<int:pk>/fill/", views.fill, name="campaign-fill"),
]
