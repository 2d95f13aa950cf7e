"""The styles of a public page, as a part of the page itself."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from office.styles import public_css

register = template.Library()


@register.simple_tag(takes_context=True)
def public_styles(context: template.Context) -> SafeString:
    """The style element of a public page, allowed by the nonce of this answer."""
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], mark_safe(public_css()))
