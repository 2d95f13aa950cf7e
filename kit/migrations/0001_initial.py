import socket

import kit.clock
from django.db import migrations, models


from kit.place import read_identity


def take_this_place(apps, schema_editor):
    """A new office sends from where it is."""
    apps.get_model("kit", "Place").objects.create(
        identity=read_identity(schema_editor.connection), name=socket.gethostname()
    )


def mark_a_new_database(apps, schema_editor):
    """A new database has no values of earlier versions."""
    apps.get_model("kit", "BoundSince").objects.create()


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='BoundSince',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=kit.clock.now, verbose_name='sejak')),
            ],
            options={
                'verbose_name': 'rahasia terikat pada barisnya',
                'verbose_name_plural': 'rahasia terikat pada barisnya',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='proses')),
                ('kind', models.CharField(choices=[('WORKER', 'Pekerja latar'), ('SCHEDULER', 'Penjadwal')], max_length=10, verbose_name='jenis')),
                ('seen_at', models.DateTimeField(help_text='Menurut jam basis data.', verbose_name='terakhir terlihat')),
            ],
            options={
                'verbose_name': 'tanda hidup proses latar',
                'verbose_name_plural': 'tanda hidup proses latar',
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('identity', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=255, verbose_name='nama komputer')),
                ('since', models.DateTimeField(default=kit.clock.now, verbose_name='sejak')),
            ],
            options={
                'verbose_name': 'tempat yang mengirim',
                'verbose_name_plural': 'tempat yang mengirim',
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('value', models.CharField(max_length=36, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='CountedRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True, default=kit.clock.now, verbose_name='waktu')),
                ('units', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'kiriman terhitung',
                'verbose_name_plural': 'kiriman terhitung',
                'indexes': [models.Index(fields=['key', 'at'], name='counted_request_key')],
            },
        ),
        migrations.RunPython(take_this_place, migrations.RunPython.noop),
        migrations.RunPython(mark_a_new_database, migrations.RunPython.noop),
    ]
