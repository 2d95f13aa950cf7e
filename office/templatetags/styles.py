"""Room for the styles of a public page, in the page itself."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from office.styles import PLACE

register = template.Library()


@register.simple_tag(takes_context=True)
def public_styles(context: template.Context) -> SafeString:
    """The style element of a public page, allowed by the nonce of this answer; `styled` fills it."""
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], PLACE.decode())
