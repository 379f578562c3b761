"""What the company knows of its customers: contacts, listings, enquiries, tasks and appointments."""
