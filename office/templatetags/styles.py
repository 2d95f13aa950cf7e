"""Room for the styles of a public page, in the page itself."""

from django import template
from django.utils.safestring import SafeString

from office.styles import style_element

register = template.Library()


@register.simple_tag(takes_context=True)
def public_styles(context: template.Context) -> SafeString:
    """The style element of a public page; the middleware `office.styles.styled` fills it."""
    return style_element(context["csp_nonce"])
