;;; emacs.el --- Emacs with eglot, in batch mode, against the real server  -*- lexical-binding: t -*-
;; Emacs 29 has eglot; for Emacs 28 of Debian it is the package elpa-eglot.
;;; Code:
(package-initialize)
(require 'eglot)

(defvar told nil)

(defun until-true (what condition)
  "Wait until CONDITION holds, which is WHAT is expected."
  (let ((deadline (+ (float-time) 30)))
    (while (not (funcall condition))
      (when (> (float-time) deadline)
        (message "FAILED: %s did not come" what)
        (kill-emacs 1))
      (accept-process-output nil 0.05))
    (push what told)))

;; As docs/editors.md has it.
(add-to-list 'eglot-server-programs `(python-mode . (,(getenv "LSTMLINT") "server")))
(setq eglot-sync-connect t
      eglot-send-changes-idle-time 0.05)
(find-file (getenv "LSTMLINT_SCRIPT"))
(python-mode)
(apply #'eglot (eglot--guess-contact))
(flymake-mode 1)
(until-true "the diagnostic"
            (lambda ()
              (flymake-start)
              (let ((found (flymake-diagnostics)))
                (and (= 1 (length found))
                     (string-match-p "LST102\\|needs (batch, time, features)" (flymake-diagnostic-text (car found)))
                     (= 27 (line-number-at-pos (flymake-diagnostic-beg (car found))))))))
(goto-char (point-min))
(forward-line 24)
(search-forward "LSTM")
(backward-char 1)
(let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
  (until-true "the hover"
              (lambda () (string-match-p "(batch, 60, 1) → (batch, 50)" (plist-get (plist-get hover :contents) :value)))))
(message "emacs %s, eglot: %s" emacs-version (mapconcat #'identity (reverse told) ", "))
(set-buffer-modified-p nil)
(kill-emacs 0)
;;; emacs.el ends here
