from django.contrib.postgres.operations import TrigramExtension
import consultations.models.case_constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


from consultations import search


def install_search(apps, schema_editor):
    search.install(schema_editor.connection)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consultations', '0001_initial'),
        ('office', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agendaentry',
            name='office_number_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='nomor agenda kantor diisi oleh'),
        ),
        migrations.AddField(
            model_name='agendaentry',
            name='voided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dibatalkan oleh'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='added_by',
            field=models.ForeignKey(help_text='Kosong: pemohon', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dihapus oleh'),
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_text', serialize=False, to='consultations.case')),
                ('names', models.TextField()),
                ('subject', models.TextField()),
                ('body', models.TextField(blank=True)),
                ('report', models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='agenda',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.agendaentry', verbose_name='nomor agenda'),
        ),
        migrations.AddField(
            model_name='case',
            name='companions',
            field=models.ManyToManyField(related_name='companion_cases', to=settings.AUTH_USER_MODEL, verbose_name='pendamping'),
        ),
        migrations.AddField(
            model_name='case',
            name='complained_about',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints_about', to=settings.AUTH_USER_MODEL, verbose_name='pejabat yang diadukan'),
        ),
        migrations.AddField(
            model_name='case',
            name='copied_to',
            field=models.ManyToManyField(related_name='copied_cases', to='office.division', verbose_name='tembusan'),
        ),
        migrations.AddField(
            model_name='case',
            name='division',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='office.division', verbose_name='bidang'),
        ),
        migrations.AddField(
            model_name='case',
            name='merged_into',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='consultations.case', verbose_name='digabung dengan'),
        ),
        migrations.AddField(
            model_name='case',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_cases', to=settings.AUTH_USER_MODEL, verbose_name='petugas'),
        ),
        migrations.AddField(
            model_name='case',
            name='split_from',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_off', to='consultations.case', verbose_name='dipisahkan dari'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='agendaentry',
            name='voided_case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_entries', to='consultations.case', verbose_name='permohonan semula'),
        ),
        migrations.AddField(
            model_name='casenote',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='casenote',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='casenote',
            name='mentioned',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='menyebut'),
        ),
        migrations.AddField(
            model_name='datacorrection',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='datacorrection',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_corrections', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='event',
            name='by',
            field=models.ForeignKey(help_text='Kosong: pemohon', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='event',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='givenrequirement',
            name='attachment',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.attachment', verbose_name='berkas'),
        ),
        migrations.AddField(
            model_name='givenrequirement',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given_requirements', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='hiddenidentity',
            name='case',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hidden_identity', to='consultations.case', verbose_name='pengaduan'),
        ),
        migrations.AddField(
            model_name='identityreveal',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='identityreveal',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identity_reveals', to='consultations.case', verbose_name='pengaduan'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='involvements', to='consultations.case'),
        ),
        migrations.AddField(
            model_name='involvement',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linkaccess',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='linkaccess',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='link_accesses', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddConstraint(
            model_name='numberbook',
            constraint=models.UniqueConstraint(fields=('series', 'year'), name='one_book_per_series_and_year', violation_error_message='Buku nomor tahun ini sudah ada. Ubah yang ada.'),
        ),
        migrations.AddConstraint(
            model_name='numberbook',
            constraint=models.CheckConstraint(condition=models.Q(('first__gte', 1)), name='numbers_start_at_one_or_later'),
        ),
        migrations.AddField(
            model_name='objection',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='objection',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diputus atau dicatat oleh'),
        ),
        migrations.AddField(
            model_name='objection',
            name='recorded_by',
            field=models.ForeignKey(help_text='Kosong: pemohon', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dicatat oleh'),
        ),
        migrations.AddField(
            model_name='objection',
            name='scan',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.attachment', verbose_name='pindaian keputusan'),
        ),
        migrations.AddField(
            model_name='stepdraft',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='stepdraft',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='step_drafts', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='barred',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='tidak boleh oleh'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to='consultations.case', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='division',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.division', verbose_name='bidang'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='done_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='diselesaikan oleh'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='opened_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='consultations.event', verbose_name='sejak langkah'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='petugas'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', 'due_at'], name='case_state_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', 'id'], name='case_state_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['officer', 'id'], name='case_officer_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at', 'since', 'id'], name='case_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('other_time__isnull', False)), fields=['other_time'], name='case_other_time'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('visit_at__isnull', False)), fields=['visit_at', 'state'], name='case_visit_wished'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('channel', 'WALK_IN'), ('state', 'ASSIGNED')), fields=['since', 'id'], name='case_guest_since'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('follow_up_due__isnull', False)), fields=['state', 'follow_up_due', 'division'], name='case_state_follow_up_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('answer_due__isnull', False), ('due_at__isnull', False)), fields=['answer_due', 'since', 'id'], name='case_answer_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('answer_due__isnull', False), ('due_at__isnull', False)), fields=['division', 'answer_due', 'since', 'id'], name='case_division_answer_due'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='case_email'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='case_phone'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('channel', 'WALK_IN'), ('classification', '')), fields=['id'], name='case_without_code'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('by_post', True)), fields=['id'], name='case_answered_by_post'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='case_closed_at'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('first_closed_at__isnull', False)), fields=['first_closed_at'], name='case_first_closed_at'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('first_ended_at__isnull', False)), fields=['first_ended_at'], name='case_first_ended_at'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['submitted_at'], name='case_submitted_at'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='case_merged'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_independent', True)), fields=['id'], name='case_independent'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('anonymised_at__isnull', True), ('state__in', ['CLOSED', 'DECLINED', 'WITHDRAWN'])), fields=['kind', 'since'], name='case_stored_since'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['SUBMITTED', 'INCOMPLETE', 'ENDORSING', 'REGISTERED', 'DISPOSED', 'ASSIGNED', 'PREPARED', 'SCHEDULED', 'IN_SESSION', 'HELD', 'REPORTED', 'COSIGNING', 'FORWARDED', 'EXAMINING', 'CLOSED', 'DECLINED', 'WITHDRAWN'])), name='known_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['CLOSED', 'DECLINED', 'WITHDRAWN']), ('turn__isnull', True)), models.Q(models.Q(('state__in', ['CLOSED', 'DECLINED', 'WITHDRAWN']), _negated=True), ('turn__isnull', False)), _connector='OR'), name='has_a_turn_while_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('applicant_name', ''), _negated=True), models.Q(('subject', ''), _negated=True), models.Q(('material', ''), _negated=True)), name='applicant_named'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('identity', 'OPEN'), models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('by_post', True), models.Q(('address', ''), _negated=True)), ('anonymised_at__isnull', False), _connector='OR')), models.Q(('address', ''), ('applicant_position', ''), ('email', ''), ('filled_as', ''), ('filled_by', ''), ('identity__in', ['CONFIDENTIAL', 'ANONYMOUS']), ('letter_number', ''), ('organisation', ''), ('phone', '')), _connector='OR'), name='contact_known_unless_hidden'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filled_as', ''), ('filled_by', '')), models.Q(models.Q(('filled_by', ''), _negated=True), models.Q(('filled_as', ''), _negated=True)), _connector='OR'), name='helper_is_named_with_relation'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('by_post', False), models.Q(('email', ''), ('phone', '')), _connector='OR'), name='answered_by_post_without_phone_and_email'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'FORWARD'), models.Q(('forwarded_by', ''), _negated=True)), models.Q(models.Q(('channel', 'FORWARD'), _negated=True), ('forwarded_by', '')), _connector='OR'), name='forwarded_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('identity', 'OPEN'), ('kind', 'COMPLAINT'), _connector='OR'), name='only_complaints_hide_who_complains'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_due__isnull', True), ('complaint_kind', ''), ('follow_up_due__isnull', True)), ('kind', 'COMPLAINT'), _connector='OR'), name='only_complaints_have_a_complaint_kind'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'SCHEDULED'), _negated=True), ('planned_at__isnull', False), _connector='OR'), name='scheduled_has_a_planned_time'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('other_time__isnull', True), ('state', 'SCHEDULED'), _connector='OR'), name='other_time_only_of_a_schedule'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('review_awaited', False), models.Q(('needs_review', True), ('state__in', ['ASSIGNED', 'PREPARED', 'SCHEDULED', 'WITHDRAWN'])), _connector='OR'), name='required_review_written_before_the_session'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_awaited', False), ('meeting_at__isnull', False), _connector='OR'), name='minutes_only_of_a_meeting'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['SUBMITTED', 'INCOMPLETE', 'WITHDRAWN']), ('agenda__isnull', False), ('is_independent', True), _connector='OR'), name='agenda_number_from_registered_on'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['SUBMITTED', 'INCOMPLETE']), _negated=True), ('agenda__isnull', True), _connector='OR'), name='no_agenda_number_before_registered'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'INCOMPLETE'), _negated=True), models.Q(('missing', ''), _negated=True), _connector='OR'), name='incomplete_says_what_is_missing'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['SUBMITTED', 'INCOMPLETE', 'ENDORSING', 'REGISTERED', 'DECLINED', 'WITHDRAWN']), ('division__isnull', False), ('is_independent', True), _connector='OR'), name='division_from_disposed_on'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['SUBMITTED', 'INCOMPLETE', 'ENDORSING', 'REGISTERED', 'DISPOSED', 'DECLINED', 'WITHDRAWN']), ('officer__isnull', False), ('is_independent', True), _connector='OR'), name='officer_from_assigned_on'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('assignment_unratified', False), ('officer__isnull', False), _connector='OR'), name='unratified_assignment_has_an_officer'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('awaits_ratification', False), ('closed_at__isnull', False), ('state', 'CLOSED'), models.Q(models.Q(('report_number', ''), _negated=True), ('is_independent', True), _connector='OR')), models.Q(models.Q(('state', 'CLOSED'), _negated=True), ('closed_at__isnull', True), ('report_number', '')), models.Q(('closed_at__isnull', False), ('state__in', ('HELD', 'REPORTED', 'COSIGNING', 'FORWARDED')), models.Q(('report_number', ''), _negated=True)), _connector='OR'), name='closed_has_report'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('first_closed_at__isnull', False), ('first_closed_at__lte', models.F('closed_at'))), _connector='OR'), name='closed_knows_its_first_closing'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_closed_at__isnull', True), models.Q(('state', 'DECLINED'), _negated=True)), ('first_ended_at__isnull', False), _connector='OR'), name='ended_knows_its_first_end'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['DECLINED', 'WITHDRAWN']), models.Q(('end_reason', ''), _negated=True)), models.Q(models.Q(('state__in', ['DECLINED', 'WITHDRAWN']), _negated=True), ('end_reason', '')), _connector='OR'), name='ended_early_says_why'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passed_to', ''), ('receipt_awaited', False)), models.Q(models.Q(('passed_to', ''), _negated=True), ('is_independent', False), ('state', 'DECLINED')), _connector='OR'), name='passed_on_only_as_the_end'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('agenda__isnull', True), ('identity', 'OPEN'), ('state', 'WITHDRAWN'), models.Q(('merged_into', models.F('pk')), _negated=True)), _connector='OR'), name='merged_only_as_the_end'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_independent', False), ('outcome', ''), models.Q(('state', 'EXAMINING'), _negated=True)), models.Q(('agenda__isnull', True), ('complained_about__isnull', True), ('division__isnull', True), ('is_independent', True), ('kind', 'COMPLAINT'), ('officer__isnull', True), ('report_number', ''), ('state__in', ['CLOSED', 'DECLINED', 'EXAMINING', 'WITHDRAWN']), ('visit_at__isnull', True)), _connector='OR'), name='independent_channel_is_apart'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('is_independent', False), models.Q(('anonymised_at__isnull', True), ('deletion_asked_at__isnull', True), ('retained_because', '')), _connector='OR'), name='independent_channel_is_not_erased_by_the_office'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('is_independent', False), models.Q(('state', 'CLOSED'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'CLOSED'), _negated=True), ('outcome', '')), _connector='OR'), name='independent_channel_closes_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('anonymised_at__isnull', True), models.Q(('deletion_asked_at__isnull', True), ('retained_because', ''), ('state__in', ['CLOSED', 'DECLINED', 'WITHDRAWN'])), _connector='OR'), name='only_ended_cases_are_anonymised'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('asked_again_at__isnull', True), models.Q(('ask_until__isnull', False), ('state', 'CLOSED')), _connector='OR'), name='asked_again_only_about_an_answer'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('object_until__isnull', True), ('objection_due__isnull', True)), ('state', 'DECLINED'), _connector='OR'), name='objection_only_to_a_refusal'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('objection_above', False), ('objection_due__isnull', True)), models.Q(('deletion_asked_at__isnull', True), ('object_until__isnull', True), ('objection_due__isnull', False)), _connector='OR'), name='one_objection_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('deletion_asked_at__isnull', True), ('state__in', ['CLOSED', 'DECLINED', 'WITHDRAWN']), _connector='OR'), name='deletion_asked_only_of_ended_cases'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('deletion_granted_at__isnull', True), ('deletion_asked_at__isnull', False), _connector='OR'), name='deletion_granted_only_if_asked'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('erase_at__isnull', True), ('deletion_granted_at__isnull', False), _connector='OR'), name='erased_only_if_granted'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['file'], name='attachment_file'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('content_type', 'application/pdf'), ('inert_copy', '')), fields=['added_at'], name='attachment_without_copy'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/jpeg', 'image/png']), models.Q(('content_type__in', ('audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/webm', 'audio/wav')), ('purpose', 'ORDER')), _connector='OR'), name='attachment_of_an_accepted_type'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='removal_says_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), models.Q(('file', ''), ('inert_copy', ''), ('purpose__in', ['ATTENDANCE', 'PHOTO'])), _connector='OR'), name='only_files_of_a_session_are_removed'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('inert_copy', ''), models.Q(('inert_sha256', ''), _negated=True), _connector='OR'), name='inert_copy_has_its_hash'),
        ),
        migrations.AddIndex(
            model_name='agendaentry',
            index=models.Index(condition=models.Q(('voided_case__isnull', False)), fields=['year', 'number'], name='agenda_voided'),
        ),
        migrations.AddConstraint(
            model_name='agendaentry',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='agenda_number_used_once'),
        ),
        migrations.AddConstraint(
            model_name='agendaentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('office_number', ''), ('office_number_at__isnull', True), ('office_number_by__isnull', True)), models.Q(models.Q(('office_number', ''), _negated=True), ('office_number_at__isnull', False), ('office_number_by__isnull', False)), _connector='OR'), name='office_number_entered_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='agendaentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True), ('voided_case__isnull', True)), models.Q(('voided_at__isnull', False), ('voided_by__isnull', False), ('voided_case__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='voided_says_of_what_by_whom_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='casenote',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something'),
        ),
        migrations.AddConstraint(
            model_name='datacorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='correction_says_what_and_by_whom'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['happened_at'], name='event_happened_at'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['entered_at'], name='event_entered_at'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('entered_at__gte', models.F('happened_at'))), name='entered_after_it_happened'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='event_says_in_which_position'),
        ),
        migrations.AddConstraint(
            model_name='givenrequirement',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='given_requirement_says_which'),
        ),
        migrations.AddConstraint(
            model_name='hiddenidentity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('address', ''), _negated=True), _connector='OR')), name='hidden_identity_is_known'),
        ),
        migrations.AddConstraint(
            model_name='identityreveal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='reveal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.UniqueConstraint(fields=('user', 'case'), name='user_is_involved_once'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['received_at'], name='objection_received_at'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('case',), name='one_open_objection_of_a_case'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('decision', '')), models.Q(('decided_title', '')), models.Q(('decision_number', '')), ('decided_at__isnull', True), ('decided_by__isnull', True), ('is_granted__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_granted__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('decided_title', ''), _negated=True)), _connector='OR'), name='objection_decided_how_why_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision_date__isnull', True), ('decision_number', ''), ('scan__isnull', True), models.Q(('authority', ''), ('decided_at__isnull', True), _connector='OR')), models.Q(models.Q(('authority', ''), _negated=True), models.Q(('decision_number', ''), _negated=True), ('decision_date__isnull', False), ('scan__isnull', False)), _connector='OR'), name='decision_from_outside_has_number_date_and_scan'),
        ),
        migrations.AddConstraint(
            model_name='stepdraft',
            constraint=models.UniqueConstraint(fields=('case', 'verb'), name='one_draft_per_step_of_a_case'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(models.F('party'), consultations.models.case_constraints.IsUnmarked('urgency'), django.db.models.lookups.IsNull(models.F('due_at'), True), models.F('due_at'), models.F('since'), models.F('id'), condition=models.Q(('done_at__isnull', True)), name='work_of_party'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(models.F('division'), models.F('party'), consultations.models.case_constraints.IsUnmarked('urgency'), django.db.models.lookups.IsNull(models.F('due_at'), True), models.F('due_at'), models.F('since'), models.F('id'), condition=models.Q(('done_at__isnull', True)), name='work_of_division'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(models.F('user'), consultations.models.case_constraints.IsUnmarked('urgency'), django.db.models.lookups.IsNull(models.F('due_at'), True), models.F('due_at'), models.F('since'), models.F('id'), condition=models.Q(('done_at__isnull', True)), name='work_of_user'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at__isnull', True)), fields=('case', 'kind', 'subject'), name='one_open_item_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(('done_by', None), ('done_at__isnull', False), _connector='OR'), name='work_done_by_somebody_is_done'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party__in', ['', 'OFFICER']), _negated=True), ('user__isnull', False), _connector='OR'), name='person_waited_for_is_named'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party__in', ['DIVISION_HEAD', 'OFFICER']), _negated=True), ('division__isnull', False), _connector='OR'), name='division_waited_for_is_named'),
        ),
        TrigramExtension(),
        migrations.RunPython(install_search, migrations.RunPython.noop),
    ]
