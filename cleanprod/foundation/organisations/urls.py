"""Routes of organisations and people, for system administrators."""

from django.urls import path

from cleanprod.foundation.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.offices, name="offices"),
    path("authorities/", views.enter_authorities, name="authorities"),
    path("enter/", views.enter, name="enter"),
    path("<int:pk>/", views.office, name="office"),
    path("<int:pk>/phone/", views.phone, name="phone"),
    path("own/phone/", views.own_phone, name="own-phone"),
    path("members/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("members/<int:pk>/codes/", views.reset_codes, name="codes"),
]
