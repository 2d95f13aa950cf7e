"""Files in an S3 bucket (STORAGE_URL), so that a web machine's disk holds nothing that another one needs."""

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from storages.backends.s3 import S3Storage

OPTIONS = frozenset({"endpoint_url", "region_name", "addressing_style"})
"""Names in the query of the URL. boto3 reads the credentials from the environment."""

MEMORY = 2 * 1024 * 1024
"""Bytes of a file that are read into memory. Larger files pass through the folder of temporary files."""


class PrivateStorage(S3Storage):
    """Store files as private objects, which nothing but this site's views serves.

    Names are never used twice, as on a disk. A file that is missing raises FileNotFoundError. A server that
    does not answer raises an error of botocore within seconds.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        if parts.scheme != "s3" or not parts.netloc or not options.keys() <= OPTIONS:
            raise ImproperlyConfigured(
                f"STORAGE_URL must be s3://bucket/folder, with {', '.join(sorted(OPTIONS))} in its query."
            )
        style = options.pop("addressing_style", "auto")
        super().__init__(
            bucket_name=parts.netloc,
            location=parts.path.strip("/"),
            file_overwrite=False,
            default_acl=None,
            max_memory_size=MEMORY,
            transfer_config=TransferConfig(use_threads=False),
            client_config=Config(
                s3={"addressing_style": style},
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2},
            ),
            **options,
        )

    def get_modified_time(self, name: str) -> datetime:
        try:
            moment: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        return moment
