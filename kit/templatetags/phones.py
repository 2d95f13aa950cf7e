"""The filter `phone`: a telephone number for display."""

from django import template

from kit.phones import readable

register = template.Library()
register.filter("phone", readable)
