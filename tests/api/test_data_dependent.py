def test_a_method_that_needs_data_is_a_problem_of_its_own(client):
    reply = client.get("/weights/LSUV?shape=3,4")

    assert reply.status_code == 422
    assert reply.json()["type"] == "/problems/not-of-shape"
    assert reply.json()["nearest"] == ["orthogonal"]
