"""The Federated page: clients that step on their own, and a server that puts together what they found."""
