"""What .ci/schemathesis tells schemathesis beyond the contract: which things there are to ask about, and which
refusals no schema can foresee."""

import base64
import collections
import json
import os
import uuid

import requests
import schemathesis

ORIGIN = os.environ["ORDERLY_TEST_ORIGIN"]
TOKEN = os.environ["ORDERLY_TEST_TOKEN"]
STAFF_TOKEN = os.environ["ORDERLY_TEST_STAFF_TOKEN"]
PASSWORD = os.environ["ORDERLY_TEST_PASSWORD"]
CUSTOMER_ID = os.environ["ORDERLY_TEST_CUSTOMER_ID"]
SPARE_USER_ID = os.environ["ORDERLY_TEST_SPARE_USER_ID"]

EMAIL_OF_THE_EXAMPLES = "ada@example.com"
ADDRESS = {"street": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US"}
LINE = {
    "product_id": os.environ["ORDERLY_TEST_PRODUCT_ID"],
    "quantity": 2,
    "unit_price": {"amount": "19.99", "currency": "USD"},
}


def ask(method, path, token=TOKEN, **options):
    headers = {"Authorization": f"Bearer {token}"}
    response = requests.request(method, f"{ORIGIN}/api/v1{path}", headers=headers, timeout=20, **options)
    response.raise_for_status()
    return response.json()


def an_order(status):
    """An order of the caller's with this status."""
    order = ask("POST", "/orders", json={"currency": "USD", "lines": [LINE]})
    path = f"/orders/{order['id']}"
    if status in ("confirmed", "shipped"):
        ask("POST", f"{path}/confirm", json={"shipping_address": ADDRESS})
    if status == "shipped":
        ask("POST", f"{path}/ship", STAFF_TOKEN, json={"carrier": "Royal Mail", "tracking_number": "RM1"})
    return order


def a_product():
    """A product that may be changed and delisted."""
    price = {"amount": "19.99", "currency": "USD"}
    return ask("POST", "/products", STAFF_TOKEN, json={"sku": str(uuid.uuid4()), "name": "Cup", "unit_price": price})


def session_of(access_token):
    payload = access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sid"]


def log_in():
    """The form that logs the caller in, whose address the run may have changed."""
    return {"grant_type": "password", "username": ask("GET", "/users/me")["email"], "password": PASSWORD}


def a_session():
    """A session of the caller's that may be ended."""
    response = requests.post(f"{ORIGIN}/api/v1/auth/token", data=log_in(), timeout=20)
    response.raise_for_status()
    return session_of(response.json()["access_token"])


OWN_SESSION = session_of(TOKEN)


# What an operation finds when it is asked as it should be, two times out of three: else most requests would end at 404.
ORDER_STATUS = {
    "getOrder": "pending",
    "addLine": "pending",
    "changeQuantity": "pending",
    "removeLine": "pending",
    "confirmOrder": "pending",
    "cancelOrder": "pending",
    "shipOrder": "confirmed",
    "deliverOrder": "shipped",
}
asked = collections.Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw["operationId"]
    well_formed = case.meta and case.meta.generation.mode.is_positive
    # No user whose token is needed is deactivated or logged out.
    if operation in ("deactivateUser", "reactivateUser", "changeRole") and well_formed:
        case.path_parameters["user_id"] = SPARE_USER_ID
    if operation == "endMySession" and (well_formed or case.path_parameters.get("session_id") == OWN_SESSION):
        case.path_parameters["session_id"] = a_session()
    # Schemathesis takes the entity tag's quotes for those of JSON.
    if well_formed and case.headers.get("If-Match", "").isdigit():
        case.headers["If-Match"] = f'"{case.headers["If-Match"]}"'
    # The examples' address is taken after the first time.
    if operation == "register" and isinstance(case.body, dict) and case.body.get("email") == EMAIL_OF_THE_EXAMPLES:
        case.body["email"] = f"{uuid.uuid4()}@example.com"
    if not well_formed:
        # A key that was used before gets the first answer again, whatever else is wrong with the request.
        if 16 <= len(case.headers.get("Idempotency-Key", "").strip()) <= 255:
            case.headers["Idempotency-Key"] = str(uuid.uuid4())
        return
    asked[operation] += 1
    if asked[operation] % 3 == 0:
        return
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if operation in ORDER_STATUS:
        order = an_order(ORDER_STATUS[operation])
        case.path_parameters["order_id"] = order["id"]
        if "line_id" in case.path_parameters:
            case.path_parameters["line_id"] = order["lines"][0]["id"]
        # Within the limit on an order's total, which a schema cannot express.
        if operation == "addLine":
            case.body["product_id"] = LINE["product_id"]
            case.body["unit_price"] = LINE["unit_price"]
        if operation in ("addLine", "changeQuantity"):
            case.body["quantity"] = 1 + int(case.body["quantity"]) % 100
    elif operation == "placeOrder":
        case.body["currency"] = "USD"
        for line in case.body["lines"]:
            line["product_id"] = LINE["product_id"]
            line.pop("unit_price", None)
            line["quantity"] = 1 + int(line["quantity"]) % 5
    elif operation == "createProduct":
        case.body["sku"] = str(uuid.uuid4())
    elif operation in ("getProduct", "changeProduct", "delistProduct"):
        case.path_parameters["product_id"] = a_product()["id"] if operation != "getProduct" else LINE["product_id"]
    elif operation == "listProducts":
        case.query.pop("cursor", None)
    elif operation in ("getCustomer", "changeCustomerTier"):
        case.path_parameters["customer_id"] = CUSTOMER_ID
    elif operation == "listOrders":
        case.query.pop("cursor", None)
        case.query.pop("customer_id", None)
    elif operation == "getTokens":
        case.body = log_in()
    elif operation == "register":
        case.body["password"] = PASSWORD
    elif operation == "changeMyPassword":
        case.body = {"current_password": PASSWORD, "new_password": PASSWORD}


# Refusals of requests that a schema allows: rules about several values at once, values in long lists, and rules
# about earlier requests.
OF_RULES = {
    "version_mismatch",
    "idempotency_key_reused",
    "ordering_for_somebody_else",
    "order_total_limit",
    "order_line_limit",
    "currency_mismatch",
    "money_out_of_range",
    "common_password",
    "current_password_mismatch",
    "unknown_country",
}
OF_FIELDS = {"invalid_cursor"}


@schemathesis.check
def what_the_schema_allows_is_refused_by_rules_alone(ctx, response, case):
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    if response.status_code not in (400, 406, 408, 412, 413, 415, 422):
        return
    body = response.json()
    found = {body.get("code", body.get("error"))}
    if found == {"invalid_query"}:
        found = {error["code"] for error in body["errors"]}
    if case.operation.definition.raw["operationId"] == "getTokens":
        found -= {"invalid_grant"}
    assert found <= OF_RULES | OF_FIELDS, f"the schema has nothing against this request, and it was refused: {found} {case.meta.phase}"


@schemathesis.deserializer("text/html")
def page(context, response):
    return response.text
