"""Migrations are frozen once they have landed: an office may have applied them."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(settings.BASE_DIR)
LANDED: dict[str, str] = {
    "audit/0001_initial": "4dec06e5c7c0d6ddcbdb3a8fae06a459544f38d97a02c7c0d11c4d18ca14ffa0",
    "audit/0002_held_drafts": "04159430bc8812bac3c76b9863c238164b87abaf69ae2d2951730ee4642d9f95",
    "consultations/0001_initial": "74650cacb93e38717f5916afefce399e1801b58ea647566921f6ee5b6f70ccd6",
    "consultations/0002_append_only": "e13a2677dbf0b83d6ddcaa7ff83ec7bb1f6ec7ed474b67881ec8a3ac70640836",
    "consultations/0003_inert_copies": "39b5f9c7cdbc043c9dafedc1107ed0d7aab17ab32b23060388c935b555ae58bb",
    "consultations/0004_step_drafts": "2eedb931ca4e9b4c3ad24596ceb813aca51dbb94d57cd2793aaa2a7b6d29d557",
    "consultations/0005_planned_time": "f3ab7b153a0eebfa905118fc400ee1217fdc4968407fde9e7911c69c44b1f78d",
    "consultations/0006_while_corrected": "13f92692caa5469cc4af76376db45ffd4e528026fe5a4da3c0ae94a4223da6a4",
    "consultations/0007_link_access": "d7fb1d29f51272add56b704ba9a2133488c70df6f095387e5fbd4e4069a1160b",
    "consultations/0008_full_text_search": "cdaec4dd3e3f362d37bf6dae90a7f13688a67c2dee235f79a044df3a2f5e5823",
    "consultations/0009_pictures": "fb14286988ca6f9a13af3bfbe1472aa3e319472f7cf1e5aaa41c7ecd501fc6b5",
    "consultations/0010_secretary": "9cd2659f19713008760338c7a91bc31a58c18c45cb3013b3bfad597527be59e8",
    "consultations/0011_meetings": "bb63bda640646ccf8b02dc4efbe9320ca9d72eddb63dc240ca38131dcec88884",
    "consultations/0012_help_needed": "1dbe61b629813ddcc0f518dbed127a197a8dd4eda42383463071223ef4eb8d32",
    "consultations/0013_accepted_by_head": "7729cf86d3442a42122ecf91d69337e87c3c910d6cfcddee848f5c1ad1117768",
    "consultations/0014_involvements": "639f7ebc4bfa24185e0d80a7a9daebdaa8e5c0f9e301e6c8df20d8f8f5b5ba72",
    "consultations/0015_desk_order": "b1ae49115fc9389bb4a06803e0918743b8c5b4515898081c98bb2b63bbeb6b73",
    "consultations/0016_encrypted": "94fefef90c3e0bdb03710126b4cf062ec02e96becc2288fbdb1ef991841ae1a2",
    "consultations/0017_encrypt_secrets": "51d7e56c457799d414baa63dc35cc887c0c89d39a9b520205e3b0edbef0cfb88",
    "consultations/0018_independent": "d2ac5106befb80e09c85eb06861859b74c5997e806697086b503ea015f81cf4c",
    "consultations/0019_personal_data": "f7a4417d65f2c1dc5f0918c64d2b3007d3ae2324afe053c04ad9faba9ef0f575",
    "consultations/0020_channel_apart": "f90964904f3e0c320ffff72654f7bc48d56e7ffb6a8b57bbd9625c6045bc32cd",
    "dispositions/0001_initial": "8abc9505d029f45b95c80bff1b0524ef66d21aa35d7e9d1711201173db318c6d",
    "dispositions/0002_amendments": "f52366b6fac6224e2c154d9516ff0677ba787a67e7543e5c3d3738ff8bb2e162",
    "dispositions/0003_opinion_reminders": "cfc4f79a297f567d183107aa0a9e367cf059a5decf764ca17ea5d8aa406045be",
    "dispositions/0004_endorsements": "56290d068ec4b57c767286044ed60c802b9c89575b0f4fa6641167869aff2d85",
    "dispositions/0005_meetings": "31eca110f7f4c2d2295261477019fc2343715388aecd351b41f03aa8a0f730c5",
    "exchange/0001_initial": "f9c0750e07d124fc9cf91e71587cf49b7625ac3f0d83f6047bac92db6fea84e5",
    "exchange/0002_hashes_and_failures": "486025cd926544a67cf40315022f7b69e884f6de28aa15e697e48a434a1a8a98",
    "faq/0001_questions": "ee5aeaa835a85773ddd16bb9353c728f80a46cc817fef57601e2f951716390de",
    "intake/0001_initial": "acee9b48d8378aed00653379ae048744741932dfa71c3afa1305575e0b630c16",
    "intake/0002_files_cascade": "cd595d420415fa9abca8068174c749bca36a18b9a02245be9fa3a887f30455f6",
    "intake/0003_encrypted_drafts": "09065723b7abf44cead7bfb2b77099085e265d20b90bc0295447c44578e740f3",
    "intake/0004_encrypt_drafts": "e8429d99bed5284d1e598abc5ae4b247d0266898c44d16d44df1cc68aadf5473",
    "intake/0005_independent_channel": "14a67893cafbd04f95a9079b801b236c092417239cd6e8cc6a99f238c3911508",
    "ledger/0001_initial": "e54248bf3b5985da7113757661f1615e8f96c9215978e5962f71964ae03d7917",
    "ledger/0002_audit_deletion": "0929561106911f5dc94284c8924470f63b6146a84319fc417f7d03ac6c0aaf36",
    "ledger/0003_erasures": "12017efcacf1be3665eba9e82ef6b0615ec7117863b073241e5fb803bb4f45d4",
    "ledger/0004_two_people": "2b6f4d4ce2b141fbc602aedf661a3e5a5c27fedf30709fbe9740c2e5317053d3",
    "notices/0001_initial": "17beaba8f1e56c930544c1c32c36a80efdec2409153e10128c312b06d12d38dd",
    "notices/0002_unread_newest_first": "2ce262c93f7683ae3e68c99ad33c393ac563e63c009ed5c4776b24efb9560a7e",
    "notices/0003_notices_without_a_step": "719bc7fd0cac5d9194bbab394084108d3db69d7b2b3f5293b3579b22ceb2dac0",
    "notices/0004_answered_in_writing": "9db5bcd1c0f027f33a72a79a4c9621e30c2edff98d9401e8c8d9256be9fdea73",
    "notices/0005_withdrawn_by_office": "3ab06e08fdb8642f4ef647c066e3007e2db277813b70f006229460b7e93f632e",
    "notices/0006_absences": "de7a2186a5f4cb29371a1969ac87f9bb9b9cf1dc9efe5b7abdbc4f109ff6c1e0",
    "notices/0007_secretary": "1c1a6ae8f862ec802dace91b9ca36f65cf86deb84d568494a8e2de6265ef4f4f",
    "notices/0008_access_changes": "ede080e48c380798c00c2210ec2f3421380fb10a70f89a33631163bfd163a081",
    "notices/0009_independent_channel": "aba74ece07a958f7b4013c4c8ec2ca24493b317877033100436032ccc6d9c60a",
    "notices/0010_deletion": "b0fbeaae302144d2a9a0131e6129dad2cfe15b4fe06e048ab1ccc5a52708364e",
    "office/0001_initial": "ee7876806173cc26fb212db247701b98d244b35cd7980eae748efd3575606b54",
    "office/0002_cache_table": "6dcfc8f2d18ae6638f3877550565bb906f8fe8eb364e10c38f7b79e419d121a1",
    "office/0003_heartbeat": "ea0f62bcb43453a97bcaf83702be6e76e437d1003bddf665ed661fc2bc8c0697",
    "office/0004_rooms": "881e46532274e2797b09424ec48d0cbb2c8b6d42b0ca3f143a623db1508e7db7",
    "office/0005_stand_ins": "0323359f656534e608d5f8c45d300f0c980c5d6ad35b3072024b6cea47f96385",
    "office/0006_names_officer": "4fe0a15438c6a451893df2eb2d8650edb9cae7b9625a8a332289a8ec46fb63d8",
    "office/0007_secretary": "26667b9f1ea9595e523f9b0fa615479173e3a249e25f3b40e6abe24d75ad1949",
    "office/0008_papers": "047d89c50d769038a0e37760f99ba22807f1ffbd1853627260e0bfa80ce52a56",
    "office/0009_registers": "6d28c3ef629d6c891e9f3de1264e0e8b4fed8e6e7f85613c70ed1a18f8b5f2bb",
    "office/0010_standard_publication": "6e9d218294542cbcffa5892c2848cc12530cb31978c8f332a888a227da5ecbfc",
    "office/0011_the_stamp": "e026e963b3f2c564e984686aba7bc03b1c9b1ba7d083c200bf8a83fb477b7b33",
    "office/0012_counted_requests": "7472eb04785c843b0f5bb6c72c1aaec20a26805bfb64225613254b56a169e173",
    "office/0013_supervisor": "1cccf82f54fc809c19a680e9fed37492a7aac718a3b757f4cd2da09684eca223",
    "office/0014_second_factor": "cde34f3108f150ffe93cd5a690eb99015476e93227a111f59012d5487e05a328",
    "office/0015_required_factors": "75b5697acfe885b4e16e89dcadea9679845e70c02d92bad7060bb7d4b9d99bd9",
    "office/0016_access_changes": "5eedf9fb833d44ae20c5b15f0c195f8cefe8b6cf551976e005bfb9d694e9b624",
    "office/0017_recoveries": "06464a56b0bc9433870d0923635ae80d7557f101482feca25dc6eda6c169a795",
    "office/0018_independent_channel": "b962a0c571e9fd7881498c8f6122d1b67dd481ea1f55b3f8654555441603c675",
    "office/0019_retention": "90e0fceb9fd7550e0a0203b8622eb2efbdf7530c9a5e8382db4c950c92ba441f",
    "office/0020_words_and_zone": "783b885beb21e1620151a7e3e05dd0b7c70d48d02a55abebfe3c41c52ecd8e08",
    "office/0021_usual_classifications": "a3734bd75affc48c2548f6e2361069ca5d976cd893257b6431f6f07a1bb86002",
    "office/0022_office_opens": "1645b42e2c12ea2da90c8aa7e7c6ac51e6c479cd7462ec44dd7ad5e2373952f2",
    "office/0023_invitations": "4cccfd4fc4db24f1e0f8a2c2775912b41dd48039e708018e25f4d7fbe9a5c4c9",
    "office/0024_factor_open_until": "ae489e734be8c0f0705ed0d8b0d6a19e56be5e1314b03018c9f34bdd1d352f41",
    "office/0025_practice": "b74cb8d572d4af068cc1859be3744fc17c304af09c3c67bd082c571630d8a71d",
    "office/0026_unique_nip": "4c47977b723faebb97d5fca96c3ec1b06088d342178f58b1a017a3b39310db4d",
    "office/0027_colour": "8358feb3ec385046a8afd25aad1b1b7fb5d4195b13449dc867da305df4c401c0",
    "privacy/0001_breaches": "a2f1c509f4a68e9a909b76e8a9c7019e3d04e3547060ea571555704e1d7c5e47",
    "reports/0001_initial": "9956f7eb495d0344efb4fc63db026a80fa5f024a35a0b2810a867567f2cc91c3",
    "reports/0002_drafts_of_steps": "d4d56745f6e3deeefe73eb2c6e6bbac0dcb88dc28aa735b7bfd900e40f1bde42",
    "reports/0003_while_corrected": "cc69945cda8cfe8d226c4f3279fc694ffde46b109f84501f33d1b3208c8ce67f",
    "reports/0004_exports_and_figures": "19d38c3a329856e3973d2598fdeb0a16324eb1a1aa4f70769cdbf032d70ba392",
    "reports/0005_advice_bank": "47b058d290edc44cb8a22b02fd5387641241aa5b555d197af94290f53cc4f6db",
    "reports/0006_letters_to_agencies": "4ad889e87b0c9696d5aad63747b06cb2f95fbdfe7fb1abf2621e8f18d36aa417",
    "reports/0007_cosigned": "e4d68adb4bafe30e2b9242905b1efcc68942e913d584013144ed7483917af451",
    "reports/0008_meetings": "0028f091e722b1c949b5356dc714f4c98054ecdee9a8fa14d3eb24f86951a1f7",
    "reports/0009_numbers_entered": "4ce5ad94b9ad2204e6eab0adbc04571e7f5e6e548807114dc8ce8c28dfdcbd4d",
    "reports/0010_registers": "4e97f8696aaa3e257c21e38be484cc7ae406299ac9a97c8260067f4fddd6a139",
    "reports/0011_folder_of_evidence": "9b8efd52579d407fb91d5b9f1d36ae8b5f9bd57f8a0f62bbdd7bf4b930ef8ce0",
    "reports/0012_done_follow_ups": "9d80aa2a7997aed0215dbcfd1189a5e088b8e79b3abe4bc91de8eb107f95fb2b",
    "reports/0013_encrypted_receipts": "a7f654e4035a8fb49f1a86654adbd69181c1215f4d074611193ee2b0ab186dc9",
    "reports/0014_erased_documents": "15975ccd57b5ee03b8de372239c86f4ada7de9a668167dccbaf425929e0b47d3",
    "reports/0015_neutral_labels": "8acbe077bcdfc8dcfce8132f4a6d42c049642b1b133774fa42ad4e7721b41cf9",
    "scheduling/0001_initial": "9cc3c6fce87e6b430449e0053db603e8fb91501ba6fe8c38c0162354ca6fb5f8",
    "scheduling/0002_rooms": "547ce035d797944023f41b655f6666a01cb268f843f93d3095f02c450035a5fc",
    "scheduling/0003_modes_and_real_time": "4b442f0eeb13b930dc3dc94367aeba84587a901ffe4107282f2d436c8441fc9d",
    "scheduling/0004_absences": "83c71a8fdf4b9b180b98cf7ed8377454c6a30ae0e68fc0aedbe0a921dcc1d9a5",
    "scheduling/0005_calendar_feeds": "40f8822a3357c6c2da985c3df2cd5bfeace02ed8a1b7aabdbcbbfd45b798e877",
    "scheduling/0006_planned_start": "e8b998aa8addbeb3dee36f16c4d123dff98a301d478f7deccd9c5e8afd051d11",
    "setup/0001_setup": "f0dffad7d86de0e03e6e194c1f625d0405e16fea3cdc76594f42a41c6dfb9888",
    "surveys/0001_initial": "5926f6fa4739effd239203ec664401448f866a35c9747d184c253d27cbe21257",
    "surveys/0002_append_only": "c4b8e762a4ec32469a64b6860cd51ee8be87e63fe854aa81a690d68841724e62",
    "surveys/0003_answers_apart": "418aa00f77644742db25984ab3cfd22fae5b508204be468811f04fecb8f4d4d7",
    "surveys/0004_follow_up_plan": "5d95faa8c875c5651f0d07d5300e53394e9d4ef0de5e6bc2724dc1ebdf7cf542",
}
"""SHA-256 of each landed migration, without its comments. Add a line for a new one; never change a line."""


def digest(migration: Path) -> str:
    lines = migration.read_text(encoding="utf-8").splitlines()
    return hashlib.sha256("\n".join(line for line in lines if not line.startswith("#")).encode()).hexdigest()


def test_no_landed_migration_has_changed() -> None:
    found = {
        f"{path.parts[-3]}/{path.stem}": digest(path) for path in sorted(ROOT.glob("*/migrations/[0-9]*.py"))
    }
    assert found == LANDED
