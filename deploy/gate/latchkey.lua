-- Asks Latchkey whether a request may reach an app: `http-request lua.latchkey_gate http://127.0.0.1:3000` in the app's backend.
-- What isn't let in, or can't be asked about, is answered here and goes no further.

local IDENTITY = { "remote-user", "remote-email", "remote-name", "remote-groups" }
-- The check's answer has them without an access token of Latchkey's.
local CREDENTIALS = { "authorization", "proxy-authorization" }

-- Of the connection between the visitor and us, or of the body, which isn't sent.
local NOT_ASKED = {}
for _, name in ipairs({
    "host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect",
}) do NOT_ASKED[name] = true end

-- Of the connection between us and Latchkey.
local NOT_ANSWERED = { ["connection"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true, ["content-length"] = true }

local function list(values)
    local all, at = {}, values[0] ~= nil and 0 or 1
    while values[at] ~= nil do
        all[#all + 1] = values[at]
        at = at + 1
    end
    return all
end

local function first(headers, name)
    return headers[name] and list(headers[name])[1] or ""
end

local function refuse(txn, status, reason, headers, body)
    txn:done(txn:reply({ status = status, reason = reason, headers = headers, body = body }))
end

core.register_action("latchkey_gate", { "http-req" }, function(txn, latchkey)
    local shown = txn.http:req_get_headers()
    local asked = {}
    for name, values in pairs(shown) do
        if not NOT_ASKED[name] then asked[name] = list(values) end
    end
    local scheme = txn.f:ssl_fc() == 1 and "https" or "http"
    asked["x-original-url"] = { scheme .. "://" .. first(shown, "host") .. txn.f:pathq() }
    asked["x-original-method"] = { txn.f:method() }
    asked["x-forwarded-for"] = { txn.f:src() }

    local answer = core.httpclient():get({ url = latchkey .. "/gate/haproxy", headers = asked, timeout = 15000 })
    if not answer or answer.status < 200 or answer.status == 502 or answer.status == 503 or answer.status == 504 then
        return refuse(txn, 503, "Service Unavailable", { ["cache-control"] = { "no-store" } }, "Try again in a few seconds.\n")
    end
    if answer.status >= 300 then
        local headers = {}
        for name, values in pairs(answer.headers or {}) do
            if not NOT_ANSWERED[name] then headers[name] = list(values) end
        end
        return refuse(txn, answer.status, answer.reason, headers, answer.body)
    end
    for _, name in ipairs(IDENTITY) do txn.http:req_set_header(name, first(answer.headers, name)) end
    for _, name in ipairs(CREDENTIALS) do
        local passed_on = first(answer.headers, name)
        txn.http:req_del_header(name)
        if passed_on ~= "" then txn.http:req_set_header(name, passed_on) end
    end
end, 1)
