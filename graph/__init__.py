"""The LangGraph state machine that walks a plan. Sole importer of langgraph."""
