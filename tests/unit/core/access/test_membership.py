"""Who may be shown anything: the decision, without Slack."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpibot.core.access.membership import Audience, Member, Refusal, Workspace, refusal

OWN = Workspace("T1")
GRID = Workspace("T1", "E1")
TEAMS = st.frozensets(st.sampled_from(["T1", "T2", "E1", "E9"]))
MEMBERS = st.builds(
    Member,
    teams=TEAMS,
    is_guest=st.booleans(),
    is_deactivated=st.booleans(),
    is_bot=st.booleans(),
    is_stranger=st.booleans(),
)
DANA = Member(teams=frozenset({"T1"}))


@given(st.sampled_from([OWN, GRID]), MEMBERS, st.sampled_from(Audience), TEAMS)
def test_only_full_members_see_anything_and_only_among_themselves(
    workspace: Workspace, member: Member, audience: Audience, stated: frozenset[str]
) -> None:
    if refusal(workspace, member, audience, stated) is None:
        assert audience is Audience.OWN
        assert workspace.team in member.teams
        assert not (member.is_guest or member.is_deactivated or member.is_bot or member.is_stranger)
        assert stated <= member.teams | {workspace.team, workspace.enterprise}


@pytest.mark.parametrize("kind", ["is_guest", "is_deactivated", "is_bot", "is_stranger"])
def test_who_is_no_full_member_is_not_sent_to_a_direct_message(kind: str) -> None:
    someone = replace(DANA, **{kind: True})
    assert all(refusal(OWN, someone, audience) is Refusal.NOT_A_MEMBER for audience in Audience)


def test_a_member_is_refused_where_others_read_along_or_nobody_can_tell() -> None:
    assert refusal(OWN, DANA, Audience.OWN) is None
    assert refusal(OWN, DANA, Audience.SHARED) is Refusal.SHARED_CHANNEL
    assert refusal(OWN, DANA, Audience.UNSEEN) is Refusal.UNSEEN_CHANNEL


def test_an_event_from_another_team_is_refused_whatever_is_known_of_its_author() -> None:
    assert refusal(OWN, DANA, Audience.OWN, {"T1"}) is None
    assert refusal(OWN, DANA, Audience.OWN, {"T1", "T9"}) is Refusal.NOT_A_MEMBER


def test_in_an_organization_its_people_belong_to_the_workspaces_that_they_are_in() -> None:
    both = Member(teams=frozenset({"T1", "T2"}))
    assert refusal(GRID, both, Audience.OWN, {"T2", "E1"}) is None
    assert refusal(GRID, Member(teams=frozenset({"T2"})), Audience.OWN, {"T2"}) is Refusal.NOT_A_MEMBER
    assert refusal(GRID, both, Audience.OWN, {"E9"}) is Refusal.NOT_A_MEMBER
