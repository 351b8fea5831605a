-- Neovim (0.7 or later), headless, against the real server: the diagnostic, the hover and the fix. See run.sh.
local file = vim.fn.expand("$LSTMLINT_SCRIPT")
local told = {}

local function fail(message)
  io.stderr:write("FAILED: " .. message .. "\n")
  vim.cmd("cquit 1")
end

local function until_true(what, condition)
  if not vim.wait(30000, condition, 20) then
    fail(what .. " did not come")
  end
  table.insert(told, what)
end

vim.cmd("edit " .. file)
vim.bo.filetype = "python"
-- As docs/editors.md has it.
local client = vim.lsp.start_client({
  name = "lstmlint",
  cmd = { vim.fn.expand("$LSTMLINT"), "server" },
  root_dir = vim.fn.fnamemodify(file, ":h"),
})
vim.lsp.buf_attach_client(0, client)

until_true("the diagnostic", function()
  local found = vim.diagnostic.get(0)
  return #found == 1 and found[1].code == "LST102" and found[1].lnum == 26 and found[1].col == 10
end)

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 30000)
  local answer = answers and answers[client]
  if not answer or answer.err then
    fail(method .. " was not answered")
  end
  return answer.result
end

vim.api.nvim_win_set_cursor(0, { 25, 11 })
until_true("the hover", function()
  local hover = request("textDocument/hover", vim.lsp.util.make_position_params())
  return hover and hover.contents.value:find("(batch, 60, 1) → (batch, 50)", 1, true) ~= nil
end)

vim.api.nvim_win_set_cursor(0, { 27, 11 })
local params = vim.lsp.util.make_range_params()
params.context = { diagnostics = {} }
for _, action in ipairs(request("textDocument/codeAction", params)) do
  if action.title == "Add return_sequences=True" then
    -- What choosing it in the menu of vim.lsp.buf.code_action() does; the menu itself can't be chosen from without a person.
    vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(client).offset_encoding)
  end
end
until_true("the fix", function()
  local line = vim.api.nvim_buf_get_lines(0, 24, 25, true)[1]
  return line:find("return_sequences=True", 1, true) ~= nil and #vim.diagnostic.get(0) == 0
end)

io.stdout:write("neovim " .. tostring(vim.version().major) .. "." .. tostring(vim.version().minor) .. ": " .. table.concat(told, ", ") .. "\n")
vim.cmd("qall!")
