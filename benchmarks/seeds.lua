-- wrk: every request asks for another seed, as no two users ask for the same tensor.
local seed = 0
request = function()
  seed = seed + 1
  return wrk.format("GET", "/weights/he_normal?shape=64,32&format=npy&seed=" .. seed)
end
