"""The plan check: everything that can be wrong with a plan, found before any text exists."""

from toolweave.checks.plan_acts import act_rules
from toolweave.checks.plan_bindings import binding_rules
from toolweave.checks.plan_calls import (
    argument_rules,
    attempt_rules,
    expectation_rules,
    tool_rules,
)
from toolweave.checks.plan_index import Rule, index_plan
from toolweave.checks.plan_outputs import output_rules
from toolweave.checks.plan_reports import (
    agreement_rules,
    decision_rules,
    pointing_rules,
    same_rules,
    summary_rules,
    voicing_rules,
)
from toolweave.checks.plan_slots import (
    clarification_rules,
    statement_rules,
    use_rules,
    value_rules,
)
from toolweave.checks.plan_supplies import lack_rules, supply_rules
from toolweave.core.finding import Finding
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset

RULES: tuple[Rule, ...] = (
    tool_rules,
    act_rules,
    attempt_rules,
    expectation_rules,
    argument_rules,
    binding_rules,
    output_rules,
    statement_rules,
    clarification_rules,
    value_rules,
    use_rules,
    summary_rules,
    decision_rules,
    agreement_rules,
    same_rules,
    pointing_rules,
    voicing_rules,
    supply_rules,
    lack_rules,
)


def check_plan(plan: Plan, toolset: Toolset, file: str = "") -> list[Finding]:
    """Every objection to the plan, by step; ``file`` goes into each.

    A plan without findings of severity ``error`` can be carried out; warnings say what will be
    narrowed or is probably not meant. Raises SchemaError when a tool's schema cannot be used.
    """
    index = index_plan(plan, toolset, file)
    found = [finding for rule in RULES for finding in rule(index)]
    return sorted(found, key=lambda finding: finding.step or 0)
