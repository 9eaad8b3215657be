-- A description of another layer with each request.
local shapes = 0
request = function()
  shapes = shapes + 1
  local path = "/advise?layer=dense&activation=relu&framework=pytorch&depth=20&shape="
  return wrk.format("GET", path .. 64 + shapes % 991 .. "," .. 64 + shapes % 997)
end
