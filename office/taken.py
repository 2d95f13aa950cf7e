"""Whether another account has an address or a NIP: each belongs to one account."""

from allauth.account.models import EmailAddress

from office.models import User


def is_address_taken(address: str, user: User) -> bool:
    """Return whether another account than `user` has the address: its mails open that account."""
    others = User.objects.filter(email__iexact=address).exclude(pk=user.pk)
    verified = EmailAddress.objects.filter(email__iexact=address).exclude(user=user)
    return bool(address) and (others.exists() or verified.exists())


def is_nip_taken(nip: str, user: User) -> bool:
    """Return whether another account than `user` has the NIP, also a closed one."""
    return bool(nip) and User.objects.filter(nip=nip).exclude(pk=user.pk).exists()
