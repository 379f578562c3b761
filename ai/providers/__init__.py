"""Who answers: each provider is a module here with one class that keeps `base.Provider`."""
