from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0006_kinds_in_the_code'),
        ('documents', '0001_moved_from_reports'),
    ]

    # The tables stay as they are: only the state of the migrations changes.
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.DeleteModel(name=name)
            for name in (
                'Handover', 'PaperEvent', 'PaperRule', 'Register', 'ReportNumber', 'StandingOrder', 'Document'
            )
        ]),
    ]
