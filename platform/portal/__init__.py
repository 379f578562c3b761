"""Where apps are joined: pages, API views, onboarding, health."""
