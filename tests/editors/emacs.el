;;; What a user of eglot sees: findings after an emoji, hover, quick fix, fix all.  -*- lexical-binding: t -*-

;; Environment: SETTINGS, the user's init file; TARGET, the file; HOME, a folder to write to.  Prints a
;; line per check; the first that fails ends it with exit code 1.  For Emacs 28 and later.

(setq make-backup-files nil auto-save-default nil create-lockfiles nil)
(unless (locate-library "eglot") (package-initialize))
(load (getenv "SETTINGS"))
(require 'flymake)

(defun check (ok format &rest values)
  (message "%s %s" (if ok "ok" "FAIL") (apply #'format format values))
  (unless ok (kill-emacs 1)))

(defun eventually (ready)
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall ready))) (< (float-time) end))
      (accept-process-output nil 0.02)
      (sit-for 0.01))
    value))

(defun findings () (flymake-diagnostics))
(defun await-findings (count)
  (eventually (lambda () (flymake-start) (= count (length (findings))))))
(defun line (number)
  (save-excursion
    (goto-char (point-min))
    (forward-line (1- number))
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))
(defun apply-action (action)
  (if (fboundp 'eglot-execute)
      (eglot-execute (eglot-current-server) action)
    ;; Before Emacs 30 the way there is a menu, which nobody would answer here.
    (eglot--apply-workspace-edit (plist-get action :edit)))
  (eglot--signal-textDocument/didChange))

(setq eglot-sync-connect t
      eglot-connect-timeout 30
      eglot-send-changes-idle-time 0
      eglot-confirm-server-initiated-edits nil
      eglot-confirm-server-edits nil)

(with-current-buffer (find-file-noselect (getenv "TARGET"))
  (set-window-buffer nil (current-buffer))
  (run-hooks 'post-command-hook)  ; what eglot waits for, and a batch never comes to
  (check (eventually #'eglot-current-server) "Emacs %s and eglot are connected" emacs-version)

  (check (await-findings 3) "three findings")
  (message "columns are counted in %s"
           (or (plist-get (eglot--capabilities (eglot-current-server)) :positionEncoding) "utf-16"))
  (dolist (finding (findings))
    (let ((start (flymake-diagnostic-beg finding)) (end (flymake-diagnostic-end finding)))
      (check (and (equal (buffer-substring-no-properties start end) "KEY")
                  (string-match-p "OAI111" (flymake-diagnostic-text finding)))
             "line %d, column %d: %s" (line-number-at-pos start)
             (save-excursion (goto-char start) (1+ (current-column)))
             (flymake-diagnostic-text finding))))

  (goto-char (point-min))
  (search-forward "client = OpenAI(")
  (let (page)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq page text)))
    (check (eventually (lambda () page)) "hover answers")
    (check (string-match-p "positional-api-key" page) "hover shows the page of the rule"))

  (let ((actions (eglot-code-actions (point) (point) "quickfix")))
    (message "menu: %s" (mapconcat (lambda (a) (plist-get a :title)) actions " | "))
    (let ((preferred (cl-remove-if-not (lambda (a) (eq t (plist-get a :isPreferred))) actions)))
      (check (= 1 (length preferred)) "one action is preferred")
      (apply-action (car preferred))))
  (check (await-findings 2) "two findings after the quick fix")
  (check (equal (line 5) "name = \"😀\"; client = OpenAI(api_key=KEY)")
         "the quick fix wrote %s" (line 5))

  (goto-char (point-min))
  (insert "broken = (\n")
  (eglot--signal-textDocument/didChange)
  (let ((end (+ (float-time) 1)))
    (while (< (float-time) end) (sit-for 0.05)))
  (check (= 2 (length (findings))) "findings stay while a line is half typed")
  (delete-region (point-min) (line-beginning-position))
  (eglot--signal-textDocument/didChange)

  (oai-lint-fix-all)
  (eglot--signal-textDocument/didChange)
  (check (await-findings 0) "none after fixing all")
  (check (equal (line 6) "other = \"😀\", AsyncOpenAI(api_key=KEY)") "fixing all wrote %s" (line 6))
  (check (equal (line 7) "third = OpenAI(api_key=KEY)") "and %s" (line 7))

  (set-buffer-modified-p nil)
  (let* ((server (eglot-current-server)) (process (jsonrpc--process server)))
    (eglot-shutdown server)
    (check (not (process-live-p process)) "the server leaves when told")))
