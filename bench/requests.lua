-- The requests of a file, one a line: method, path, body; `{n}` is a number that is never given twice.
local requests, at, n = {}, 0, 0
local headers = { ["Content-Type"] = "application/json" }
if os.getenv("TOKEN") then headers["Authorization"] = "Bearer " .. os.getenv("TOKEN") end
for line in io.lines(os.getenv("REQUESTS")) do
  local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
  requests[#requests + 1] = { method, path, body ~= "" and body or nil }
end
function request()
  at, n = at % #requests + 1, n + 1
  local method, path, body = unpack(requests[at])
  return wrk.format(method, path, headers, body and body:gsub("{n}", os.getenv("RUN") .. "-" .. n))
end
function done(summary, latency)
  local errors = summary.errors
  local bad = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('@@{"requests":%d,"us":%d,"p50":%d,"p99":%d,"bad":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
