"""The filter `initials`: the letters of a person's avatar."""

from django import template

register = template.Library()


@register.filter
def initials(name: object) -> str:
    """Return the first letters of the first and last word of a name without its degrees.

    Example: "RW" for "dr. Ratih Widya, Sp.A.".
    """
    words = [word for word in str(name).partition(",")[0].split() if "." not in word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
