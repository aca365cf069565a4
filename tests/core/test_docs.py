"""The generated documentation is what the code says."""

from django.core.management import call_command

from secmgmt.core.management.commands.write_docs import workflows_page


def test_the_page_of_workflows_is_up_to_date():
    call_command("write_docs", check=True)


def test_the_page_names_every_step_of_grading_and_self_assessment():
    page = workflows_page()
    assert all(f"`{step}`" in page for step in ("submit", "record_filing", "return_", "confirm"))
