-- Requests of a mix, one per line (METHOD PATH BODY), in random order; figures on one line.
local requests = {}

function init(_)
  for line in io.open(os.getenv("API_MIX")):lines() do
    local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
    local headers = { ["Authorization"] = "Bearer " .. os.getenv("API_TOKEN") }
    if body == "" then body = nil else headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
  math.randomseed(7)
end

function request() return requests[math.random(#requests)] end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format("\nFIGURES %d %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
