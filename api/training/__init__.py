"""Questions labelled by people, and trainings of the intent model begun from the workbench."""
