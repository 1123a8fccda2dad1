"""What is done about posts when nobody waits for it."""

from django_tasks import task

from staffing.letters import write_reminder
from staffing.taking_over import end_what_outlived_its_contract


@task()
def send_reminder(assignment: int) -> int:
    """Write to a school about a proposal that waits, by primary key; how many letters that were."""
    return write_reminder(assignment)


@task()
def end_with_contracts() -> int:
    """End the services that outlived the contract of their agency; how many they were."""
    return end_what_outlived_its_contract()
